// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backplane/options.h"
#include "base/zmq_socket.h"

namespace fairlead::backplane {

/// What ZAP calls us.
inline constexpr std::string_view kZapDomain = "fairlead";

/// Binds `socket` to all addresses of the options, each with its key, and tells where it listens, with the
/// real ports. Without keys only this machine may reach it: `tcp://` on a loopback address. `ipc://` is
/// always in a folder that nobody but its owner may enter. Throws std::runtime_error that says what to
/// change. Threads: the socket's.
std::vector<std::string> listen(base::ZmqSocket& socket, const Options& options);

}  // namespace fairlead::backplane
