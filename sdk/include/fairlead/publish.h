// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fairlead/caller.h>
#include <fairlead/codec.h>
#include <fairlead/export.h>
#include <fairlead/future.h>

namespace fairlead {

namespace detail {
class Core;
}

/// How a publication is made: `PublishOptions{}.tag("kind", "trade").key("AAPL").version(7)`.
/// Version and idempotency key travel to the broker; this version of it does nothing with them yet.
class FAIRLEAD_EXPORT PublishOptions {
public:
    /// A name and value that clients see beside the data.
    PublishOptions& tag(std::string name, std::string value);
    /// Publications of one key replace each other in the queue of a slow reader, where the namespace
    /// conflates.
    PublishOptions& key(std::string key);
    /// From 1 on. The broker drops a publication that is not newer than the last of its key or channel.
    PublishOptions& version(std::uint64_t version);
    /// The same key again gives the first one's offset and is not delivered twice.
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

private:
    friend class Service;
    Channel(detail::Core& core, std::string name) : core_(&core), name_(std::move(name)) {}
    Future<Published> send(std::string payload, const PublishOptions& options) const;

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

    /// Closes all of the user's clients. `code` is a close code of 3000-4999: below 3500 and from 4000 to
    /// 4499 client SDKs connect again, else they stay away. 0 = 3503.
    Future<Disconnected> disconnect(std::uint32_t code = 0, std::string_view reason = {}) const;

private:
    friend class Service;
    User(detail::Core& core, std::string id) : core_(&core), id_(std::move(id)) {}
    Future<Published> send(std::string_view name, std::string payload, PublishOptions options) const;

    detail::Core* core_;
    std::string id_;
};

/// One client, by the id that Caller::client gives. Must not outlive its Service. Threads: any.
class FAIRLEAD_EXPORT Client {
public:
    /// A message to this client alone, at most once. Error 104 if it is gone.
    template <typename T>
    Future<void> push(const T& value) const {
        return send(encode(value));
    }

    /// Closes it; codes as for User::disconnect.
    Future<Disconnected> disconnect(std::uint32_t code = 0, std::string_view reason = {}) const;

private:
    friend class Service;
    Client(detail::Core& core, std::string id) : core_(&core), id_(std::move(id)) {}
    Future<void> send(std::string payload) const;

    detail::Core* core_;
    std::string id_;
};

}  // namespace fairlead
