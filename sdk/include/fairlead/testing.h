// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fairlead/caller.h>
#include <fairlead/codec.h>
#include <fairlead/options.h>
#include <fairlead/result.h>
#include <fairlead/service.h>
#include <fairlead/value.h>

/// Tests of services without a broker process and without a network: the broker's own rules, routing, events
/// and history, in this process, with a clock that stands still.
///
///     fairlead::testing::Broker broker;
///     fairlead::Service service{"orders", "1.0.0", broker.options()};
///     install(service);                                       // the handlers under test
///     service.start();
///     broker.wait_ready(service);
///     auto user = broker.as("user-7");
///     auto order = user.call<Order>("orders.create", NewOrder{"tea", 2});
///     CHECK(broker.events("orders.created").size() == 1);
///
/// For any test framework: what does not come, or cannot be, is a Failure, an exception whose text says what
/// was waited for. Outcomes are Results, as in services. Link fairlead::testing. docs/testing.md has more,
/// and says what is not modelled.
namespace fairlead::testing {

/// What a test waited for has not come, or it asked for what cannot be.
class Failure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A publication as clients get it: what has been JSON.
struct Publication {
    std::string channel;
    std::string json;  ///< the data, as it stands in the message
    Value data;
    std::map<std::string, std::string> tags;
    std::uint64_t offset = 0;  ///< 0: the channel keeps no history
    std::string user;          ///< of the client that published; empty: a service, or an anonymous client
    std::string client;

    template <typename T>
    Result<T> to() const {
        return data.to<T>();
    }
};

/// An event that the broker has taken, whether or not anybody listens to it.
struct Event {
    std::string topic;
    Value data;
    Caller caller;  ///< the service that emitted it, or the client whose `send` it is
    Headers headers;

    template <typename T>
    Result<T> to() const {
        return data.to<T>();
    }
};

/// How a client was closed.
struct Closed {
    std::uint32_t code = 0;
    std::string reason;
};

/// Who a client is and what it brings, as its token would say it. Nothing set: it has no token.
struct Credentials {
    std::string user;
    std::string session;              ///< `sid`
    Value info;                       ///< what other clients see of it
    Value meta;                       ///< what services see of it
    std::vector<std::string> labels;  ///< what `[[permission]]` asks for
    Value data;                       ///< beside the token: what the connect hook gets
    std::string address = "127.0.0.1";
};

class Bench;
struct Guest;

/// A command of a client that is under way, for Pending. Threads: any.
class Sent {
public:
    Sent(std::shared_ptr<Bench> bench, std::shared_ptr<Guest> guest, std::uint32_t id)
        : bench_(std::move(bench)), guest_(std::move(guest)), id_(id) {}
    bool done() const;
    Result<std::string> wait() const;

private:
    std::shared_ptr<Bench> bench_;
    std::shared_ptr<Guest> guest_;
    std::uint32_t id_;
};

/// A request that is under way. Threads: any.
template <typename Out>
class Pending {
public:
    explicit Pending(Sent sent) : sent_(std::move(sent)) {}

    /// Whether the outcome is there, after all that was sent until now has arrived.
    bool done() const { return sent_.done(); }

    /// Throws Failure if there is none in time. The clock stands meanwhile: it is for Broker::advance() to
    /// let a deadline pass.
    Result<Out> wait() const {
        Result<std::string> outcome = sent_.wait();
        if (!outcome.ok()) return outcome.error();
        if constexpr (std::is_void_v<Out>) {
            return {};
        } else {
            return decode<Out>(outcome.value());
        }
    }

private:
    Sent sent_;
};

/// A client of the broker, as an application with one of the client SDKs is: what it sends and gets has been
/// JSON, and when the broker tells it to it subscribes again and recovers. It does not connect again by
/// itself. Copies are the same client. Threads: any.
class Client {
public:
    Client(std::shared_ptr<Bench> bench, std::shared_ptr<Guest> guest)
        : bench_(std::move(bench)), guest_(std::move(guest)) {}

    /// As Caller::client says it.
    std::string id() const;

    /// Asks a service, as `rpc` does. Errors are the handler's or the broker's; 107 where `in` has no JSON
    /// form.
    template <typename Out = Value, typename In>
    Result<Out> call(std::string_view topic, const In& in) {
        return begin_call<Out>(topic, in).wait();
    }
    template <typename Out = Value>
    Result<Out> call(std::string_view topic) {
        return Pending<Out>(send_call(topic, {})).wait();
    }
    /// The same with the payload as a page would write it; gives the answer's JSON, or nothing.
    Result<std::string> call_json(std::string_view topic, std::string_view json);

    /// Does not wait, so that the test can let time pass or something break meanwhile.
    template <typename Out = Value, typename In>
    Pending<Out> begin_call(std::string_view topic, const In& in) {
        return Pending<Out>(send_call(topic, encode(in)));
    }

    Result<void> subscribe(std::string_view channel);
    Result<void> unsubscribe(std::string_view channel);
    /// Whether it is subscribed now, by itself or by the broker.
    bool is_subscribed(std::string_view channel) const;

    template <typename T>
    Result<void> publish(std::string_view channel, const T& value) {
        return send_publish(channel, encode(value));
    }

    /// The next publication of the channel that this did not give yet. Waits for it.
    Publication next_publication(std::string_view channel);
    /// All that have arrived so far, of one channel or of all.
    std::vector<Publication> publications(std::string_view channel) const;
    std::vector<Publication> publications() const;

    /// The next message to this client alone. Waits for it.
    Value next_message();
    std::vector<Value> messages() const;

    /// From here on it takes nothing off the line: what is for it waits in the broker, under the limits of
    /// [client] and the policies of the namespaces.
    void stop_reading();
    void read_again();

    /// Leaves.
    void close();
    bool is_closed() const;
    /// How the broker closed it. Waits for that.
    Closed wait_closed();

private:
    Sent send_call(std::string_view topic, std::string payload);
    Result<void> send_publish(std::string_view channel, std::string payload);

    std::shared_ptr<Bench> bench_;
    std::shared_ptr<Guest> guest_;
};

/// The broker. Threads: any; not from handlers, which it waits for.
class Broker {
public:
    /// With open rules, those of a broker that is started without a configuration: any client, any topic, any
    /// channel, history and presence everywhere.
    Broker();
    /// With these rules: a configuration as TOML, over the strict defaults. Its addresses, tokens and keys
    /// count for nothing here. Throws Failure that says all that is wrong with it.
    explicit Broker(std::string_view rules);
    /// Services lose their broker, and their time runs again.
    ~Broker();
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    /// For any number of services. Their log is kept here.
    ServiceOptions options();
    /// Until the broker has taken its registration.
    void wait_ready(Service& service);

    /// A client of this user. Throws Failure if it is not let in.
    Client as(std::string_view user);
    /// Any client; an Error with the code of the reply or of the close where it is not let in.
    Result<Client> connect(const Credentials& credentials);

    /// Tells the services, as another service would.
    template <typename T>
    void emit(std::string_view topic, const T& value) {
        emit_payload(topic, encode(value));
    }

    /// What was emitted so far, by topic, in order; what handlers emitted before they answered is in it.
    std::vector<Event> events(std::string_view topic) const;
    /// The next one that this did not give yet. Waits for it.
    Event next_event(std::string_view topic);
    /// What was published so far in a channel, whoever is subscribed.
    std::vector<Publication> publications(std::string_view channel) const;
    Publication next_publication(std::string_view channel);

    /// Lets time pass for broker and services, in steps of 10 ms (0.1 s when it is long): after each all that
    /// has come due is done. Handlers run meanwhile as they like.
    void advance(std::chrono::milliseconds time);
    /// Waits until no handler runs and nothing is under way, so that what has not happened by now does not
    /// happen before time passes.
    void settle();

    /// Its connection ends and no other can be made, until restore(). As with a real one the service notices
    /// at once, and the broker when it sends to it, or by its silence.
    void cut(const Service& service);
    /// It can connect again, and does so when its pause is over: after 0.2 s at most if it was cut but a
    /// moment, after 5 s at most if long.
    void restore(const Service& service);
    /// As cut() for ever: the process is gone. Its handlers still run here, and nobody hears of it.
    void kill(const Service& service);
    /// What its handlers answer from now on is held back until release_replies().
    void delay_replies(const Service& service);
    void release_replies(const Service& service);
    /// The next frame that the service sends arrives twice.
    void duplicate_next_frame(const Service& service);

    /// How long, in real time, anything here waits for what does not come. Default 10 s.
    void patience(std::chrono::milliseconds time);

    /// The lines of broker and services so far.
    std::vector<std::string> log() const;

private:
    void emit_payload(std::string_view topic, std::string payload);

    std::shared_ptr<Bench> bench_;
};

}  // namespace fairlead::testing
