// SPDX-License-Identifier: Apache-2.0
#include "unit/backplane/gateway_rig.h"

#include <stdexcept>

#include "unit/backplane/rig.h"

namespace fairlead::backplane::test {

Peer::Peer(const std::string& endpoint, unsigned number, bool small_buffers)
    : uuid(test::uuid(number)),
      socket_(
          std::make_unique<base::ZmqSocket>(context_, zmq::socket_type::dealer, wire::kHardPayloadBytes)) {
    socket_->raw().set(zmq::sockopt::linger, 1000);
    if (small_buffers) {
        socket_->raw().set(zmq::sockopt::rcvhwm, 1);
        socket_->raw().set(zmq::sockopt::rcvbuf, 4096);
    }
    socket_->raw().connect(endpoint);
}

Peer::Peer(const std::string& endpoint, unsigned number,
           const std::function<void(base::ZmqSocket&)>& prepare)
    : uuid(test::uuid(number)),
      socket_(
          std::make_unique<base::ZmqSocket>(context_, zmq::socket_type::dealer, wire::kHardPayloadBytes)) {
    prepare(*socket_);
    socket_->raw().connect(endpoint);
}

bool Peer::can_send() {
    return (socket_->raw().get(zmq::sockopt::events) & ZMQ_POLLOUT) != 0;
}

void Peer::send_parts(const std::vector<std::string>& parts) {
    std::vector<zmq::message_t> out;
    for (const std::string& part : parts)
        out.emplace_back(part.data(), part.size());
    if (socket_->send(out) != base::SendOutcome::sent)
        throw std::runtime_error("the test's peer cannot send");
}

void Peer::read() {
    if (!socket_) return;
    while (socket_->receive(parts_, 2 * wire::kMaxPairs) == base::ReceiveOutcome::received) {
        ++messages;
        auto message = std::make_shared<std::vector<zmq::message_t>>(std::move(parts_));
        for (std::size_t i = 0; i + 1 < message->size(); i += 2) {
            wire::Frame* frame = reader_.read((*message)[i].to_string_view());
            if (frame == nullptr) throw std::runtime_error(std::string(reader_.error()));
            inbox.push_back({message, *frame, (*message)[i + 1].to_string()});
        }
    }
}

void Peer::close() {
    socket_.reset();
}

GatewayRig::GatewayRig(Options from) {
    gateway = std::make_unique<Gateway>(io, from, clock, log, [this] { wanted = true; });
    core::Options options;
    options.anonymous = true;
    options.topics = {">"};
    core::NamespaceOptions any;
    any.name = "*";
    any.subscribe = any.publish = {core::Decider::anyone};
    core::NamespaceOptions none = any;
    none.name = "";
    options.namespaces = {none, any};
    broker = std::make_unique<core::Broker>(options, core::Ports{clock, log, random, *gateway, translator, history, {&edge}});
    gateway->attach(*broker);
}

bool GatewayRig::run_until(const std::function<bool()>& condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (;;) {
        for (Peer* peer : peers)
            peer->read();
        if (condition()) return true;
        if (std::chrono::steady_clock::now() > give_up) return false;
        io.restart();
        io.run_one_for(std::chrono::milliseconds(1));
        while (std::exchange(wanted, false))
            gateway->on_turn();
    }
}

void GatewayRig::pass(std::chrono::milliseconds time) {
    for (std::chrono::milliseconds passed{0}; passed < time; passed += std::chrono::milliseconds(10)) {
        clock.advance(std::chrono::milliseconds(10));
        gateway->tick();
        broker->tick();
        while (std::exchange(wanted, false))
            gateway->on_turn();
    }
}

void GatewayRig::greet(Peer& peer, std::string_view service, std::vector<wire::Endpoint> endpoints,
                       std::vector<wire::Interest> interests, std::vector<wire::CallId> running) {
    wire::Greeting frame = greeting(service, peer.uuid, std::move(endpoints));
    frame.interests = std::move(interests);
    frame.running = std::move(running);
    peer.send(frame);
    if (std::find(peers.begin(), peers.end(), &peer) == peers.end()) peers.push_back(&peer);
}

Received GatewayRig::join(Peer& peer, std::string_view service, std::vector<wire::Endpoint> endpoints,
                          std::vector<wire::Interest> interests) {
    greet(peer, service, std::move(endpoints), std::move(interests));
    return next<wire::Welcome>(peer);
}

void GatewayRig::settle() {
    for (Peer* peer : peers) {
        // Something that is always answered, after all that was sent before.
        wire::Control nothing;
        nothing.id = 999'999;
        peer->send(nothing);
        next<wire::Ack>(*peer);
    }
}

std::string GatewayRig::connect_client(std::uint32_t slot) {
    auto connect = std::make_unique<core::Connect>();
    connect->client = core::ClientKey{0, slot, 1};
    connect->id = 1;
    broker->handle(std::move(connect));
    const auto* connected = edge.last<std::unique_ptr<core::Connected>>();
    return connected == nullptr ? std::string() : (*connected)->client_id;
}

void GatewayRig::client_calls(std::string topic, std::uint32_t id, std::string payload, std::uint32_t slot) {
    core::Call call;
    call.client = core::ClientKey{0, slot, 1};
    call.id = id;
    call.topic = std::move(topic);
    call.payload = std::move(payload);
    broker->handle(std::move(call));
}

void GatewayRig::client_leaves(std::uint32_t slot) {
    core::Disconnected gone;
    gone.client = core::ClientKey{0, slot, 1};
    broker->handle(std::move(gone));
}

}  // namespace fairlead::backplane::test
