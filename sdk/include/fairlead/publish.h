// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fairlead/caller.h>
#include <fairlead/codec.h>
#include <fairlead/export.h>
#include <fairlead/fields.h>
#include <fairlead/future.h>
#include <fairlead/inquiry.h>

namespace fairlead {

namespace detail {
class Core;
}

/// How a publication is made: `PublishOptions{}.tag("kind", "trade").key("AAPL").version(7)`.
/// Keys have at most 255 bytes.
class FAIRLEAD_EXPORT PublishOptions {
public:
    /// A name and value that clients see beside the data.
    PublishOptions& tag(std::string name, std::string value);
    /// Publications of one key replace each other in the queue of a slow reader, where the namespace
    /// conflates (and does not recover streams: the option `slow_reader`).
    PublishOptions& key(std::string key);
    /// From 1 on. The broker drops a publication that is not newer than the last of its key or channel; it is then
    /// answered with the channel's newest offset and 0 clients reached.
    PublishOptions& version(std::uint64_t version);
    /// The same key again in the same channel, within five minutes, gives the first one's offset and is not delivered
    /// again. A broker that was started anew does not know it.
    PublishOptions& idempotency(std::string key);

private:
    friend class detail::Core;
    Headers tags_;
    std::string key_;
    std::uint64_t version_ = 0;
    std::string idempotency_;
};

/// How an event is emitted.
class FAIRLEAD_EXPORT EmitOptions {
public:
    EmitOptions& header(std::string name, std::string value);
    /// `request.trace()`, so that the event belongs to the trace of a request.
    EmitOptions& trace(std::string_view traceparent);

private:
    friend class detail::Core;
    Headers headers_;
    std::string trace_;
};

/// A channel by name: `service.channel("shop:feed").publish(order)`. Must not outlive its Service. Threads:
/// any.
class FAIRLEAD_EXPORT Channel {
public:
    /// To all subscribers. The order of one thread's publications to a channel is kept.
    template <typename T>
    Future<Published> publish(const T& value, const PublishOptions& options = {}) const {
        return send(encode(value), options);
    }

    /// Who is subscribed, and how many. Error 108 if the channel's namespace has no presence. Both block, as
    /// Service::call() does.
    Result<std::vector<PresentClient>> presence() const;
    Result<PresenceStats> presence_stats() const;

    /// What is kept of the channel. Errors: 108 it keeps none, 112 `since` is of another epoch. Blocks, as Service::call()
    /// does.
    Result<History> history(const HistoryOptions& options = {}) const { return read_history(options); }

private:
    friend class Service;
    Channel(detail::Core& core, std::string name) : core_(&core), name_(std::move(name)) {}
    Future<Published> send(std::string payload, const PublishOptions& options) const;
    Result<History> read_history(const HistoryOptions& options) const;

    detail::Core* core_;
    std::string name_;
};

/// All clients of a user. Must not outlive its Service. Threads: any.
class FAIRLEAD_EXPORT User {
public:
    /// In the user's own channel `user:<id>`, with the tag name=<name>, which tells the page what it is. The
    /// empty user has none: an error 107.
    template <typename T>
    Future<Published> publish(std::string_view name, const T& value,
                              const PublishOptions& options = {}) const {
        return send(name, encode(value), options);
    }

    /// A message to each of the user's clients that are there now, at most once. Says how many that were, so that one can
    /// send a notification when it is none.
    template <typename T>
    Future<Reached> push(const T& value) const {
        return send_push(encode(value));
    }

    /// The user's clients that are there now. Blocks, as Service::call() does.
    Result<std::vector<ConnectedClient>> clients() const;

    /// Subscribes the user's clients that are there now to a channel, besides what they subscribe to; they are told.
    /// Reached: those that were not subscribed yet. For clients that come later name the channel in their token, or in the
    /// connect hook's answer. Errors: 102 no such namespace, 106 none has room for one more; 103 for a service whose key has no
    /// `control`.
    Future<Reached> subscribe(std::string_view channel) const;
    /// Ends subscriptions, whoever made them. `code` is 2000-2999: from 2500 on client SDKs subscribe again at once, unless
    /// the subscription was made by the broker. 0 = 2000.
    Future<Reached> unsubscribe(std::string_view channel, std::uint32_t code = 0, std::string_view reason = {}) const;

    /// Closes all of the user's clients. `code` is a close code of 3000-4999: below 3500 and from 4000 to
    /// 4499 client SDKs connect again, else they stay away. 0 = 3503.
    Future<Disconnected> disconnect(std::uint32_t code = 0, std::string_view reason = {}) const;

private:
    friend class Service;
    User(detail::Core& core, std::string id) : core_(&core), id_(std::move(id)) {}
    Future<Published> send(std::string_view name, std::string payload, PublishOptions options) const;
    Future<Reached> send_push(std::string payload) const;

    detail::Core* core_;
    std::string id_;
};

/// One client, by the id that Caller::client gives. Must not outlive its Service. Threads: any.
class FAIRLEAD_EXPORT Client {
public:
    /// A message to this client alone, at most once. Error 104 if it is gone.
    template <typename T>
    Future<Reached> push(const T& value) const {
        return send(encode(value));
    }

    /// As User::subscribe() and User::unsubscribe(), for this client alone.
    Future<Reached> subscribe(std::string_view channel) const;
    Future<Reached> unsubscribe(std::string_view channel, std::uint32_t code = 0, std::string_view reason = {}) const;

    /// Keeps a value of up to 4 KiB with the client's session until it ends; a later one replaces it. It is there again
    /// when a new client of the session comes within the grace time. Errors: 104 the client is gone, 108 it has no session
    /// (its token names no `sid`), 107 too large.
    template <typename T>
    Future<Reached> keep(const T& value) const {
        return keep_payload(encode(value));
    }
    /// What was kept; nothing if nothing was. Blocks, as Service::call() does.
    template <typename T>
    Result<std::optional<T>> kept() const {
        Result<std::string> state = kept_payload();
        if (!state.ok()) return state.error();
        return decode_kept<T>(state.value());
    }

    /// Closes it; codes as for User::disconnect.
    Future<Disconnected> disconnect(std::uint32_t code = 0, std::string_view reason = {}) const;

private:
    friend class Service;
    Client(detail::Core& core, std::string id) : core_(&core), id_(std::move(id)) {}
    Future<Reached> send(std::string payload) const;
    Future<Reached> keep_payload(std::string payload) const;
    Result<std::string> kept_payload() const;

    template <typename T>
    static Result<std::optional<T>> decode_kept(const std::string& state) {
        struct Kept {
            std::optional<T> state;
            FAIRLEAD_FIELDS(state)
        };
        Result<Kept> kept = decode<Kept>(state);
        if (!kept.ok()) return kept.error();
        return std::move(kept.value().state);
    }

    detail::Core* core_;
    std::string id_;
};

}  // namespace fairlead
