// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace fairlead::edge {

enum class IoState : std::uint8_t { ok, would_block, ended };

struct IoResult {
    IoState state = IoState::ok;
    std::size_t bytes = 0;
};

/// The bytes of one TCP connection: the only place where a socket is read and written. Owns the descriptor.
/// Threads: the connection's edge thread.
class Stream {
public:
    /// `descriptor` is connected and non-blocking.
    explicit Stream(int descriptor) noexcept : descriptor_(descriptor) {}
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { close(); }

    IoResult read(char* buffer, std::size_t size) noexcept;
    IoResult write(const char* data, std::size_t size) noexcept;

    /// No more will be written; the peer sees the end after what was.
    void finish() noexcept;
    void close() noexcept;
    int descriptor() const noexcept { return descriptor_; }
    bool closed() const noexcept { return descriptor_ < 0; }

private:
    int descriptor_;
};

}  // namespace fairlead::edge
