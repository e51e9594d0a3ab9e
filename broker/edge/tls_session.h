// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "edge/hello_watch.h"
#include "edge/io_result.h"

struct bio_st;
struct ssl_st;

namespace fairlead::edge {

class TlsContext;

/// The server's side of TLS on one socket, which it does not own. OpenSSL reads the socket itself, one record at a time
/// and nothing ahead, so that readiness of the socket is readiness of the session. Its output is always taken: what the
/// kernel does not want yet is held here, so a record that is sealed is never asked for again, and no call of OpenSSL
/// waits for the other direction. A peer may renegotiate nothing and renew keys only so often.
/// Threads: the connection's edge thread.
class TlsSession {
public:
    static constexpr std::size_t kMaxRecordBytes = 16 * 1024;

    /// Keeps what it needs of the context. Throws std::bad_alloc.
    TlsSession(const TlsContext& context, int descriptor);
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;
    ~TlsSession();

    IoState shake_hands() noexcept;
    /// At most one record; what is no data (new keys, tickets) is would_block.
    IoResult read(char* buffer, std::size_t size) noexcept;
    /// Seals one record; would_block while another one is held.
    IoResult write(const char* data, std::size_t size) noexcept;
    std::size_t held() const noexcept { return held_.size(); }
    IoState push() noexcept;
    /// Sends close_notify, once, and only on a session that stands.
    void say_goodbye() noexcept;
    std::string certified_user() const;

private:
    friend struct TlsSessionHooks;  // what OpenSSL calls

    int receive(char* buffer, int size) noexcept;
    int send(const char* data, int size) noexcept;
    IoState state_of(int result) noexcept;

    ssl_st* ssl_;
    bio_st* bio_;  // ssl_'s
    std::string held_;
    std::unique_ptr<HelloWatch> hello_ = std::make_unique<HelloWatch>();  // until the handshake is done
    const int descriptor_;
    unsigned key_updates_ = 0;
    bool broken_ = false;  // the peer did what it may not, or the socket is gone
    bool said_goodbye_ = false;
};

}  // namespace fairlead::edge
