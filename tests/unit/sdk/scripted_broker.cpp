// SPDX-License-Identifier: Apache-2.0
#include "unit/sdk/scripted_broker.h"

#include <poll.h>

#include <fairlead/codec.h>
#include <catch2/catch.hpp>

namespace fairlead::testing {
namespace {

constexpr std::chrono::seconds kPatience{10};

std::string text_of(const zmq::message_t& part) {
    return std::string(static_cast<const char*>(part.data()), part.size());
}

}  // namespace

Received::Received(std::string peer, std::string header, std::string payload)
    : storage_(std::make_unique<Storage>()) {
    storage_->peer = std::move(peer);
    storage_->header = std::move(header);
    storage_->payload = std::move(payload);
    storage_->frame = storage_->reader.read(storage_->header);
}

wire::Kind Received::kind() const {
    if (storage_->frame == nullptr) return wire::Kind{};
    return std::visit(
        [](const auto& frame) {
            using F = std::decay_t<decltype(frame)>;
            if constexpr (std::is_same_v<F, wire::Unknown>) {
                return wire::Kind{frame.kind};
            } else {
                return F::kKind;
            }
        },
        *storage_->frame);
}

ScriptedBroker::ScriptedBroker(const std::string& address)
    : socket_(context_, zmq::socket_type::router, wire::kMaxMessageBytes) {
    socket_.raw().set(zmq::sockopt::router_mandatory, true);
    socket_.raw().bind(address);
    address_ = socket_.raw().get(zmq::sockopt::last_endpoint);
}

void ScriptedBroker::receive() {
    while (socket_.receive(parts_, 2 * wire::kMaxPairs + 1) == base::ReceiveOutcome::received) {
        for (std::size_t i = 1; i + 1 < parts_.size(); i += 2) {
            received_.emplace_back(text_of(parts_[0]), text_of(parts_[i]), text_of(parts_[i + 1]));
        }
    }
}

std::optional<Received> ScriptedBroker::poll(std::chrono::steady_clock::time_point until) {
    for (;;) {
        receive();
        if (!received_.empty()) {
            Received first = std::move(received_.front());
            received_.pop_front();
            return first;
        }
        auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) return std::nullopt;
        pollfd descriptor{socket_.descriptor(), POLLIN, 0};
        ::poll(&descriptor, 1, static_cast<int>(left.count()));
    }
}

Received ScriptedBroker::next() {
    auto until = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        std::optional<Received> received = poll(until);
        if (!received) FAIL("the service sent nothing");
        if (!received->is<wire::Heartbeat>()) return std::move(*received);
    }
}

Received ScriptedBroker::next_heartbeat() {
    auto until = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        std::optional<Received> received = poll(until);
        if (!received) FAIL("the service sent no heartbeat");
        if (received->is<wire::Heartbeat>()) return std::move(*received);
    }
}

Received ScriptedBroker::next_of(wire::Kind kind) {
    Received received = next();
    INFO("got kind " << static_cast<int>(received.kind()) << " instead of " << static_cast<int>(kind));
    REQUIRE(received.kind() == kind);
    return received;
}

void ScriptedBroker::send_pair(const std::string& peer, std::string_view header, std::string_view payload) {
    std::vector<zmq::message_t> parts;
    parts.emplace_back(peer.data(), peer.size());
    parts.emplace_back(header.data(), header.size());
    parts.emplace_back(payload.data(), payload.size());
    socket_.send(parts);
}

wire::Welcome ScriptedBroker::welcome(std::string_view boot) {
    wire::Welcome welcome;
    welcome.boot = boot;
    welcome.tag = "b1";
    welcome.version = "0.1.0";
    welcome.heartbeat = std::chrono::seconds(1);
    welcome.dead_after = std::chrono::seconds(60);
    return welcome;
}

std::string ScriptedBroker::accept(const wire::Welcome& welcome) {
    std::string peer = expect<wire::Greeting>().peer();
    send(peer, welcome);
    return peer;
}

std::string pack(int value) {
    return encode(value);
}
std::string pack(const char* text) {
    return encode(std::string(text));
}

}  // namespace fairlead::testing
