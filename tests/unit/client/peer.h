// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "client/descriptor.h"

namespace fairlead::client::test {

/// The server's side of one accepted TCP connection, as a script sees it. Reads frames with a few lines of
/// its own, so that a mistake of the client's code is not made twice.
class PeerConnection {
public:
    explicit PeerConnection(int fd) : fd_(fd) {}

    /// Bytes up to and with the blank line.
    std::string read_head();
    /// Reads the request and answers it rightly; `extra` are further header lines with their ends.
    void accept_upgrade(std::string_view extra = {});
    /// The unmasked payload of the next frame; its first byte goes to `first`. "" at the end of the stream.
    std::string read_frame(unsigned* first = nullptr);
    void write(std::string_view bytes);
    /// An unmasked frame of at most 125 bytes, or up to 65535 with the two-byte length.
    void write_frame(unsigned first, std::string_view payload);
    void write_text(std::string_view payload) { write_frame(0x81, payload); }

private:
    std::string read_exactly(std::size_t bytes);

    int fd_;
};

/// Accepts one connection on a free loopback port and runs a script on it in a thread, which the destructor
/// joins.
class Peer {
public:
    explicit Peer(std::function<void(PeerConnection&)> script);
    ~Peer() { thread_.join(); }

    std::uint16_t port() const { return port_; }
    std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/connection/websocket"; }

private:
    Descriptor listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace fairlead::client::test
