// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "client/descriptor.h"
#include "client/result.h"

namespace fairlead::client {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

/// An ordered stream of bytes: the seam between WebSocket and what lies below (TCP, or TLS on it). All calls block
/// until they are done or the deadline passes. Threads: one at a time.
class Stream {
public:
    virtual ~Stream() = default;

    /// At least one byte; 0 = the peer ended the stream.
    virtual Result<std::size_t> read(char* into, std::size_t size_bytes, Deadline deadline) = 0;
    /// All of it. After a failure part of it may have been sent.
    virtual Result<void> write(std::string_view bytes, Deadline deadline) = 0;
    /// For poll; readable may be wrong in both directions where a layer below buffers.
    virtual int descriptor() const = 0;
};

/// A numeric socket address.
struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// The first address of a host name or number.
Result<Address> resolve(const std::string& host, std::uint16_t port);

/// A non-blocking socket with TCP_NODELAY whose connect has begun or is done.
Result<Descriptor> begin_connect(const Address& address);

/// A non-blocking socket that is connected.
Result<Descriptor> connect_socket(const std::string& host, std::uint16_t port, Deadline deadline);

/// A connected TCP stream.
Result<std::unique_ptr<Stream>> connect_tcp(const std::string& host, std::uint16_t port, Deadline deadline);

}  // namespace fairlead::client
