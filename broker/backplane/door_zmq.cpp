// SPDX-License-Identifier: Apache-2.0
#include "backplane/door_zmq.h"

#include <algorithm>
#include <utility>

#include "backplane/listener.h"
#include "backplane/numbering.h"
#include "backplane/parts.h"
#include "wire/limits.h"

namespace fairlead::backplane {
namespace {

std::size_t max_part_bytes(const Options& options) {
    return std::max<std::size_t>(options.max_payload_bytes, wire::kMaxHeaderBytes);
}

base::ZmqSocket open_router(zmq::context_t& context, const Options& options) {
    Numbering::make_unguessable();
    return {context, zmq::socket_type::router, max_part_bytes(options)};
}

}  // namespace

DoorZmq::DoorZmq(asio::io_context& io, const Options& options, std::function<void()> want_turn)
    : io_(io),
      want_turn_(std::move(want_turn)),
      socket_(open_router(context_, options)),
      watch_(io, socket_.descriptor(), [this] { want_turn_(); }) {}

void DoorZmq::open(Parts& parts) {
    parts.intake.watch(context_, socket_.raw());
    socket_.raw().set(zmq::sockopt::router_mandatory, true);
    // Before the first peer can knock.
    if (parts.options.keyed()) zap_.emplace(io_, context_, parts, [this] { want_turn_(); });
    bound_ = listen(socket_, parts.options);
}

void DoorZmq::admit() {
    if (zap_) zap_->answer();
}

void DoorZmq::close(std::chrono::milliseconds farewell) {
    if (!watch_.release()) return;
    socket_.raw().set(zmq::sockopt::linger, static_cast<int>(farewell.count()));
    socket_.raw().close();
    zap_.reset();
}

}  // namespace fairlead::backplane
