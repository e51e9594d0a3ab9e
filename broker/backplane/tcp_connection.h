// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fairlead::backplane {

/// A TCP connection that libzmq owns, looked at from outside through the number of its descriptor. libzmq may
/// close it at any time and the number then be another connection's, so each is known by the cookie that the
/// kernel gives a socket once. Threads: any.
class TcpConnection {
public:
    /// Nothing if the descriptor is no TCP connection with this port on our side (any more).
    static std::optional<TcpConnection> find(int descriptor, std::uint16_t own_port);

    int descriptor() const noexcept { return descriptor_; }

    /// Bytes that have come from the peer; nothing if it is closed. Of a number that is another's by now:
    /// that one's.
    std::optional<std::uint64_t> received() const;
    /// Of those, what nobody has read.
    std::uint64_t unread() const;

    /// The peer's, as "192.0.2.1:5000"; empty if it is closed.
    std::string peer_address() const;

    /// Ends it in both directions: libzmq finds it closed. False, and nobody's connection is touched, if it
    /// was closed before.
    bool cut() const;

private:
    TcpConnection(int descriptor, std::uint64_t cookie) noexcept : descriptor_(descriptor), cookie_(cookie) {}

    int descriptor_;
    std::uint64_t cookie_;
};

}  // namespace fairlead::backplane
