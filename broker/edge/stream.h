// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "edge/io_result.h"
#include "edge/tls_session.h"

namespace fairlead::edge {

class TlsContext;

/// The bytes of one TCP connection, plain or in TLS: the only place where a client's socket is read and written. Owns
/// the descriptor. In TLS a write is one record of at most 16 KiB, and what the kernel did not take of a record that is
/// sealed is held here: while holds() is not 0, nothing else is written, and push() brings it out.
/// Threads: the connection's edge thread.
class Stream {
public:
    /// `descriptor` is connected and non-blocking. `context` makes it TLS: shake_hands() comes first.
    explicit Stream(int descriptor, const TlsContext* context = nullptr);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { close(); }

    bool secure() const noexcept { return tls_ != nullptr; }
    /// Goes on with the TLS handshake; call it when there is input until it is ok or ended.
    IoState shake_hands() noexcept { return tls_->shake_hands(); }

    IoResult read(char* buffer, std::size_t size) noexcept;
    /// May take less than `size`; taken bytes are on their way.
    IoResult write(const char* data, std::size_t size) noexcept;

    /// Bytes of TLS that wait for the kernel.
    std::size_t holds() const noexcept { return tls_ ? tls_->held() : 0; }
    IoState push() noexcept { return tls_ ? tls_->push() : IoState::ok; }
    /// The most that one write takes.
    std::size_t piece(std::size_t size) const noexcept;

    /// The user that a verified client certificate names; empty without one.
    std::string certified_user() const { return tls_ ? tls_->certified_user() : std::string(); }

    /// No more will be written; the peer sees the end after what was. Call it again while something is held.
    void finish() noexcept;
    void close() noexcept;
    int descriptor() const noexcept { return descriptor_; }
    bool closed() const noexcept { return descriptor_ < 0; }

private:
    int descriptor_;
    std::unique_ptr<TlsSession> tls_;  // none: plain
};

}  // namespace fairlead::edge
