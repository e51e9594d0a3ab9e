// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace fairlead::backplane {

/// Tells when the descriptor of a ZeroMQ socket says that there may be something to do. Threads: the loop's.
class Watch {
public:
    Watch(asio::io_context& io, int descriptor, std::function<void()> ready)
        : descriptor_(io, descriptor), ready_(std::move(ready)) {}
    ~Watch() { release(); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Calls `ready` once.
    void wait() {
        if (std::exchange(waiting_, true)) return;
        std::weak_ptr<void> here = alive_;
        descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                               [this, here](const asio::error_code& fault) {
                                   if (fault || here.expired()) return;
                                   waiting_ = false;
                                   ready_();
                               });
    }

    /// Before the socket is closed, whose descriptor it is. False if it was done before.
    bool release() {
        if (!descriptor_.is_open()) return false;
        descriptor_.release();
        return true;
    }

private:
    asio::posix::stream_descriptor descriptor_;
    const std::function<void()> ready_;
    bool waiting_ = false;
    std::shared_ptr<void> alive_ = std::make_shared<int>();  // what waits may find us gone
};

}  // namespace fairlead::backplane
