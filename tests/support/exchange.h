// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::support {

// One row of an abuse table: raw frame bytes, sent on a fresh connection that is connected and subscribed to
// the channel `echo`, and what the server must make of them.
struct FrameCase {
    std::string name;
    std::string bytes;
    // What the server says before anything else, in this order and no more: a piece of each reply, or "pong "
    // and the whole payload.
    std::vector<std::string> says;
    // The close code must be one of these. Empty: the connection must live and answer the next command.
    std::vector<std::uint16_t> closes;
};

// How the bytes are handed to the kernel.
enum class Pieces { whole, single_bytes };

// Plays a case against a server that lets anonymous clients in, and gives what went wrong; empty = nothing.
// After a close frame it also demands that the server ends the TCP connection once it is answered.
// Threads: any.
std::string play(std::string_view url, const FrameCase& row, Pieces pieces);

}  // namespace fairlead::support
