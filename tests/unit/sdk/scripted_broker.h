// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/zmq_socket.h"
#include "wire/frame.h"
#include "wire/frame_reader.h"
#include "wire/frame_writer.h"

namespace fairlead::testing {

/// One frame that the broker received.
class Received {
public:
    Received(std::string peer, std::string header, std::string payload);

    const std::string& peer() const { return storage_->peer; }
    const std::string& payload() const { return storage_->payload; }
    wire::Kind kind() const;
    /// Fails the test if it is another kind.
    template <typename F>
    const F& as() const {
        return std::get<F>(*storage_->frame);
    }
    template <typename F>
    bool is() const {
        return storage_->frame != nullptr && std::holds_alternative<F>(*storage_->frame);
    }

private:
    struct Storage {
        std::string peer, header, payload;
        wire::FrameReader reader;
        wire::Frame* frame = nullptr;
    };
    std::unique_ptr<Storage> storage_;  // fixed in place: the frame points into it
};

/// The broker's end of a link, played by the test's own thread: a ROUTER on a free port that says what it is
/// told to. Heartbeats of services are passed over unless they are asked for.
class ScriptedBroker {
public:
    /// Throws if it cannot bind. `address`: to come back where another one was.
    explicit ScriptedBroker(const std::string& address = "tcp://127.0.0.1:*");

    const std::string& address() const { return address_; }

    /// Waits for the next frame; fails the test after ten seconds.
    Received next();
    /// The same, and fails the test if it is of another kind.
    template <typename F>
    Received expect() {
        Received received = next_of(F::kKind);
        return received;
    }
    Received next_heartbeat();

    template <typename F>
    void send(const std::string& peer, const F& frame, std::string_view payload = {}) {
        std::string header;
        wire::write(frame, header);
        send_pair(peer, header, payload);
    }
    /// Header and payload as they are.
    void send_pair(const std::string& peer, std::string_view header, std::string_view payload);

    /// A welcome that lets the test take its time.
    static wire::Welcome welcome(std::string_view boot = "boot-1");

    /// Expects a greeting and welcomes its sender, whose routing id it gives.
    std::string accept(const wire::Welcome& welcome = ScriptedBroker::welcome());

private:
    Received next_of(wire::Kind kind);
    std::optional<Received> poll(std::chrono::steady_clock::time_point until);
    void receive();

    zmq::context_t context_{1};
    base::ZmqSocket socket_;
    std::string address_;
    std::deque<Received> received_;
    std::vector<zmq::message_t> parts_;
};

/// MessagePack of a value, and back.
std::string pack(int value);
std::string pack(const char* text);

}  // namespace fairlead::testing

#include "wire/frame_writer.h"
