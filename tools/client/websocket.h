// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "client/frame.h"
#include "client/handshake.h"
#include "client/message.h"
#include "client/result.h"
#include "client/stream.h"
#include "client/stream_tls.h"
#include "client/url.h"

namespace fairlead::client {

struct WebSocketOptions {
    std::string origin;
    std::vector<std::string> subprotocols;
    Headers headers;
    std::size_t max_message_bytes = 16 * 1024 * 1024;
    std::chrono::milliseconds timeout{5000};  // of the whole opening, and of each send
    TlsOptions tls;                           // of wss:// addresses
    bool answers_pings = true;                // receive() answers ping and close frames by itself
};

/// A blocking WebSocket client (RFC 6455, version 13, no extensions) for command lines and tests.
/// It never waits longer than a deadline. Destroying it closes the TCP connection without a close frame.
/// Threads: one at a time.
class WebSocket {
public:
    /// Connects and does the opening handshake.
    static Result<WebSocket> open(const Url& url, const WebSocketOptions& options = {});
    static Result<WebSocket> open(std::string_view url, const WebSocketOptions& options = {});

    Result<void> send_text(std::string_view payload) { return send_frame(Opcode::text, payload); }
    Result<void> send_binary(std::string_view payload) { return send_frame(Opcode::binary, payload); }
    Result<void> send_ping(std::string_view payload) { return send_frame(Opcode::ping, payload); }
    Result<void> send_close(std::uint16_t code, std::string_view reason);
    /// Bytes as they are, for tests that break the protocol.
    Result<void> send_raw(std::string_view bytes);

    /// The next message or control frame. Fault::timeout leaves the connection as it is; any other fault ends
    /// its use: Fault::closed = TCP ended without a close frame.
    Result<Event> receive(std::chrono::milliseconds timeout);

    /// Says goodbye and waits for the peer's close frame, which is given back.
    Result<Event> close(std::uint16_t code, std::string_view reason, std::chrono::milliseconds timeout);

    const std::string& subprotocol() const { return subprotocol_; }
    /// For poll; bytes may already wait inside, so call receive() with timeout 0 first.
    int descriptor() const { return stream_->descriptor(); }

private:
    WebSocket(std::unique_ptr<Stream> stream, const WebSocketOptions& options);

    Result<void> shake_hands(const Url& url, const WebSocketOptions& options, Deadline deadline);
    Result<void> send_frame(Opcode opcode, std::string_view payload);
    Result<void> read_more(Deadline deadline);
    void answer(const Event& event);

    std::unique_ptr<Stream> stream_;
    FrameParser parser_;
    MessageAssembler assembler_;
    std::string subprotocol_;
    std::chrono::milliseconds send_timeout_;
    bool answers_pings_;
    bool close_sent_ = false;
};

}  // namespace fairlead::client
