// SPDX-License-Identifier: Apache-2.0
#include "src/line_zmq.h"

#include "wire/limits.h"

namespace fairlead::detail {
namespace {

base::ZmqSocket open_dealer(zmq::context_t& context, const LinkKeys& keys, std::size_t attempt) {
    base::ZmqSocket socket(context, zmq::socket_type::dealer, wire::kHardPayloadBytes);
    socket.raw().set(zmq::sockopt::immediate, true);
    // A new connection would be a new peer to the broker: we make it ourselves, with a new greeting.
    socket.raw().set(zmq::sockopt::reconnect_ivl, -1);
    if (keys.own) socket.connect_keyed(*keys.own, keys.servers[attempt % keys.servers.size()]);
    return socket;
}

}  // namespace

LineZmq::LineZmq(zmq::context_t& context, const std::string& broker, const LinkKeys& keys,
                 std::size_t attempt)
    : socket_(open_dealer(context, keys, attempt)), monitor_(context, socket_.raw()) {
    socket_.raw().connect(broker);
}

void LineZmq::add_descriptors(std::vector<pollfd>& descriptors) const {
    descriptors.push_back(pollfd{socket_.descriptor(), POLLIN, 0});
    descriptors.push_back(pollfd{monitor_.descriptor(), POLLIN, 0});
}

}  // namespace fairlead::detail
