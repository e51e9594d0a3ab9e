// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace fairlead::backplane {

/// Holds one connection at a time, whatever becomes of its number. Its room is there from the start, so that it
/// holds also when the process has no descriptor left. Threads: one.
class Grip {
public:
    /// Throws std::runtime_error when there is no descriptor for it.
    Grip();
    ~Grip();
    Grip(const Grip&) = delete;
    Grip& operator=(const Grip&) = delete;

    /// A name for what this number means now, until release(); -1 with errno if there is none.
    int hold(int descriptor) const;
    void release() const;

private:
    std::array<int, 2> own_{-1, -1};  // a pipe: of no use but to be there
};

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

    enum class Cut : std::uint8_t {
        done,
        gone,    ///< it was closed before
        failed,  ///< it is still there, or nobody can say: to be tried again
    };
    /// Ends it in both directions: libzmq finds it closed. Never touches another connection.
    Cut cut(const Grip& grip) const;

private:
    TcpConnection(int descriptor, std::uint64_t cookie) noexcept : descriptor_(descriptor), cookie_(cookie) {}

    int descriptor_;
    std::uint64_t cookie_;
};

}  // namespace fairlead::backplane
