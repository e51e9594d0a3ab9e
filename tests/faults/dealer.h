// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "support/inbox.h"
#include "wire/frame.h"
#include "wire/frame_reader.h"
#include "wire/frame_writer.h"

namespace fairlead::support {

/// A service as a broker sees it, without the SDK: bare parts on a DEALER socket. Threads: one.
class Dealer {
public:
    explicit Dealer(const std::string& address, const std::function<void(zmq::socket_t&)>& prepare = {})
        : context_(1), socket_(context_, zmq::socket_type::dealer) {
        if (prepare) prepare(socket_);
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::rcvtimeo, 100);
        socket_.set(zmq::sockopt::sndtimeo, 1000);
        socket_.connect(address);
    }

    /// False when the broker took nothing for a second.
    bool send_parts(const std::vector<std::string>& parts) {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto flags = i + 1 < parts.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
            if (!socket_.send(zmq::buffer(parts[i]), flags)) return false;
        }
        return true;
    }

    /// One message of so many parts, all of these bytes, which live as long as this object.
    bool send_same(std::string_view part, std::size_t parts) {
        for (; parts > 0; --parts) {
            zmq::message_t bytes(const_cast<char*>(part.data()), part.size(), nullptr);
            if (!socket_.send(bytes, parts > 1 ? zmq::send_flags::sndmore : zmq::send_flags::none))
                return false;
        }
        return true;
    }

    template <typename F>
    bool send(const F& frame, std::string payload = {}) {
        std::string header;
        wire::write(frame, header);
        return send_parts({header, std::move(payload)});
    }

    /// The next frame of that kind, others are passed over; its views live until the next call. Sends a
    /// heartbeat now and then, so that waiting is no silence.
    template <typename F>
    std::optional<F> receive() {
        const auto until = std::chrono::steady_clock::now() + kPatience;
        while (std::chrono::steady_clock::now() < until) {
            if (waiting_.empty() && !receive_message()) {
                send(wire::Heartbeat{});
                continue;
            }
            header_ = std::move(waiting_.front());
            waiting_.pop_front();
            if (const wire::Frame* frame = reader_.read(header_)) {
                if (const F* found = std::get_if<F>(frame)) return *found;
            }
        }
        return std::nullopt;
    }

    /// Whether anything at all has come.
    bool hears_anything() { return !waiting_.empty() || receive_message(); }

private:
    bool receive_message() {
        zmq::message_t part;
        bool more = true;
        for (bool is_header = true; more; is_header = !is_header) {
            if (!socket_.recv(part)) return false;
            if (is_header) waiting_.push_back(part.to_string());
            more = part.more();
        }
        return true;
    }

    zmq::context_t context_;
    zmq::socket_t socket_;
    wire::FrameReader reader_;
    std::deque<std::string> waiting_;  // headers
    std::string header_;
};

/// A greeting that is taken, to be spoilt by tests.
inline wire::Greeting greeting(std::string_view service, std::string_view topic) {
    wire::Greeting frame;
    frame.service = service;
    frame.version = "1.0.0";
    frame.instance = "01234567-89ab-cdef-0123-456789abcdef";
    frame.sdk = "test";
    wire::Endpoint endpoint;
    endpoint.topic = topic;
    frame.endpoints = {endpoint};
    return frame;
}

}  // namespace fairlead::support
