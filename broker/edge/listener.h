// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "edge/poller.h"

namespace fairlead::edge {

/// A listening TCP socket. With `shared`, several listeners of this process take turns on one port; the first of them
/// makes sure that the port is not another process's, the others `join`.
/// Options that each connection inherits are set here: TCP_NODELAY, TCP_NOTSENT_LOWAT (what the kernel does not need
/// yet stays in our queue), TCP_USER_TIMEOUT.
/// Threads: one.
class ListenSocket {
public:
    /// `address` is host:port or [host]:port; port 0 takes a free one. Throws std::runtime_error that says what to do,
    /// for example when the port is taken.
    ListenSocket(const std::string& address, bool shared, bool join);
    ListenSocket(ListenSocket&& other) noexcept;
    ListenSocket& operator=(ListenSocket&&) = delete;
    ~ListenSocket();

    int descriptor() const noexcept { return descriptor_; }
    /// host:port as bound.
    const std::string& address() const noexcept { return address_; }

private:
    int descriptor_ = -1;
    std::string address_;
};

/// Accepts for one edge thread. When the process is out of descriptors it pauses, 10 ms at first and up to 1 s, instead
/// of spinning, and says so once a second at the most.
/// Threads: the edge thread.
class Listener final : public Watched {
public:
    using Accepted = std::function<void(int descriptor, const sockaddr_storage& peer)>;

    Listener(Poller& poller, base::Clock& clock, base::Log& log, ListenSocket socket, Accepted accepted);
    ~Listener();

    void on_ready(std::uint32_t events) override;
    /// Goes on after a pause. Call it every 10 ms.
    void tick(base::Steady now);
    void stop();
    const std::string& address() const noexcept { return socket_.address(); }

private:
    void pause(int error);

    Poller& poller_;
    base::Clock& clock_;
    base::Log& log_;
    ListenSocket socket_;
    Accepted accepted_;
    std::chrono::milliseconds backoff_{0};
    base::Steady resume_at_{};
    base::Steady said_at_{};
    bool paused_ = false;
    bool stopped_ = false;
};

}  // namespace fairlead::edge
