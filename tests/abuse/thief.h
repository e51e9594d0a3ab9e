// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <zmq.hpp>

#include "support/keys.h"

namespace fairlead::support {

/// For a Dealer: this key of its own, and the broker's.
inline std::function<void(zmq::socket_t&)> with_key(KeyFolder& keys, const std::string& own) {
    return [own_key = keys.key(own), secret = keys.secret(own),
            server_key = keys.key("broker")](zmq::socket_t& socket) {
        socket.set(zmq::sockopt::curve_publickey, own_key);
        socket.set(zmq::sockopt::curve_secretkey, secret);
        socket.set(zmq::sockopt::curve_serverkey, server_key);
    };
}

}  // namespace fairlead::support
