// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/zmq_socket.h"

namespace fairlead::backplane {

/// Binds `socket` to `endpoint` and tells where it listens, with the real port. Without keys only this
/// machine may reach it: `tcp://` on a loopback address, or `ipc://` in a folder that nobody but its owner
/// may enter. Throws std::runtime_error that says what to change. Threads: the socket's.
std::string listen(base::ZmqSocket& socket, const std::string& endpoint);

}  // namespace fairlead::backplane
