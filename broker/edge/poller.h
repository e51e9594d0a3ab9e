// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>

namespace fairlead::edge {

/// Something with a descriptor that wants to know when it is ready.
class Watched {
public:
    /// `events` as of epoll(7). May come once more after forget(), within the same batch.
    virtual void on_ready(std::uint32_t events) = 0;

protected:
    ~Watched() = default;
};

/// The descriptors of one edge thread in an epoll set of their own (level-triggered), which Asio watches as one
/// descriptor: a batch of ready connections is one handler, and none is re-armed with a system call.
/// Threads: one, the io_context's.
class Poller {
public:
    /// `after_batch` runs after each batch of on_ready calls. Throws std::system_error.
    Poller(asio::io_context& io, std::function<void()> before_batch, std::function<void()> after_batch);
    ~Poller();

    /// `events`: EPOLLIN, EPOLLOUT, ... Throws std::system_error when the kernel refuses.
    void watch(int descriptor, Watched& watched, std::uint32_t events);
    void change(int descriptor, Watched& watched, std::uint32_t events);
    void forget(int descriptor);

private:
    void arm();
    void run_batch();

    asio::posix::stream_descriptor set_;
    std::function<void()> before_batch_;
    std::function<void()> after_batch_;
};

}  // namespace fairlead::edge
