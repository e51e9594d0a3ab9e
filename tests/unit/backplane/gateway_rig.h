// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>
#include <zmq.hpp>

#include "backplane/gateway.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/zmq_socket.h"
#include "core/broker.h"
#include "unit/backplane/rig.h"
#include "wire/frame.h"
#include "wire/frame_reader.h"
#include "wire/frame_writer.h"

/// A real gateway and a real core on loopback, with a clock that stands still, and services that are bare
/// DEALER sockets. All in one thread: run_until() turns the loop and reads the sockets. Threads: one.
namespace fairlead::backplane::test {

class CountedRandom final : public core::Random {
public:
    explicit CountedRandom(unsigned char first) : next_(first) {}
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes)
            byte = std::byte{next_++};
    }

private:
    unsigned char next_;
};

/// No hook is asked in these tests.
class NoTranslator final : public core::Translator {
public:
    bool to_msgpack(std::string_view, std::string&) override { return false; }
    bool to_json(std::string_view, std::string&) override { return false; }
};

/// No channel keeps history in these tests.
class NoHistory final : public core::History {
public:
    core::Appended append(core::Publication&& publication, const core::Retention&,
                          const core::Once&) override {
        return {std::make_shared<const core::Publication>(std::move(publication)), {}};
    }
    core::Stored read(std::string_view, const core::Range&) override { return {}; }
    void forget_others(const std::function<bool(std::string_view)>&) override {}
};

class KeptEdge final : public core::EdgePort {
public:
    void post(core::ToEdge&& message) override { messages.push_back(std::move(message)); }
    bool has_room() const override { return true; }
    core::Deliveries deliveries() const override { return {}; }

    template <typename T>
    const T* last() const {
        return messages.empty() ? nullptr : std::get_if<T>(&messages.back());
    }
    std::vector<core::ToEdge> messages;
};

/// A frame that came in and what its views point into.
struct Received {
    std::shared_ptr<std::vector<zmq::message_t>> message;
    wire::Frame frame;
    std::string payload;
};

/// A service as the wire sees it.
class Peer {
public:
    /// `small_buffers`: what it does not read fills the broker's queue soon.
    explicit Peer(const std::string& endpoint, unsigned number = 1, bool small_buffers = false);
    /// Does to the socket what `prepare` wants before it connects.
    Peer(const std::string& endpoint, unsigned number, const std::function<void(base::ZmqSocket&)>& prepare);
    ~Peer() { close(); }

    template <typename F>
    void send(const F& frame, std::string payload = {}) {
        std::string header;
        wire::write(frame, header);
        send_parts({header, std::move(payload)});
    }
    /// False while its own queue is full: the other side has to read first.
    bool can_send();
    void send_parts(const std::vector<std::string>& parts);

    /// Takes in what has come. Called by run_until().
    void read();

    /// The oldest frame of that kind, taken out; the ones before it stay.
    template <typename F>
    std::optional<Received> take() {
        for (auto at = inbox.begin(); at != inbox.end(); ++at) {
            if (!std::holds_alternative<F>(at->frame)) continue;
            Received taken = std::move(*at);
            inbox.erase(at);
            return taken;
        }
        return std::nullopt;
    }
    template <typename F>
    std::size_t count() const {
        std::size_t found = 0;
        for (const Received& received : inbox)
            found += std::holds_alternative<F>(received.frame) ? 1 : 0;
        return found;
    }

    void close();

    std::string uuid;
    std::deque<Received> inbox;
    std::size_t messages = 0;  ///< of ZeroMQ that came in

private:
    zmq::context_t context_{1};
    std::unique_ptr<base::ZmqSocket> socket_;
    std::vector<zmq::message_t> parts_;
    wire::FrameReader reader_;
};

struct GatewayRig {
    explicit GatewayRig(Options from = free_port());
    ~GatewayRig() { gateway->stop(); }

    static Options free_port() {
        Options options;
        options.listen = {"tcp://127.0.0.1:*"};
        return options;
    }
    const std::string& endpoint() const { return gateway->bound_endpoints().front(); }

    /// Turns the loop until the condition holds; false after ten seconds.
    bool run_until(const std::function<bool()>& condition);

    /// Time passes in ticks of 10 ms, as the app's timer lets it.
    void pass(std::chrono::milliseconds time);

    /// The next frame of that kind.
    template <typename F>
    Received next(Peer& peer) {
        std::optional<Received> taken;
        if (!run_until([&] { return (taken = peer.take<F>()).has_value(); }))
            throw std::runtime_error("no such frame");
        return std::move(*taken);
    }

    /// Greets and waits for the welcome.
    Received join(Peer& peer, std::string_view service, std::vector<wire::Endpoint> endpoints = {},
                  std::vector<wire::Interest> interests = {});
    void greet(Peer& peer, std::string_view service, std::vector<wire::Endpoint> endpoints = {},
               std::vector<wire::Interest> interests = {}, std::vector<wire::CallId> running = {});

    /// Whether all that the peers sent until now was handled: a round trip of each.
    void settle();

    /// An anonymous client; its id.
    std::string connect_client(std::uint32_t slot = 1);
    void client_calls(std::string topic, std::uint32_t id, std::string payload = "\x01",
                      std::uint32_t slot = 1);
    void client_leaves(std::uint32_t slot = 1);

    base::ManualClock clock;
    KeptLog log;
    asio::io_context io;
    bool wanted = false;
    std::unique_ptr<Gateway> gateway;
    CountedRandom random{1};
    KeptEdge edge;
    NoTranslator translator;
    NoHistory history;
    std::unique_ptr<core::Broker> broker;
    std::vector<Peer*> peers;  ///< that run_until() reads
};

}  // namespace fairlead::backplane::test
