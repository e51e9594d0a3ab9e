// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fairlead::edge {

/// The server's side of RFC 6455 for one connection, without a socket: bytes in, messages and bytes out. Reading,
/// the upgrade answer and the closing handshake are websocketpp's; data and pongs go past it as ready-made frames.
/// Threads: the connection's edge thread.
class WebSocket {
public:
    /// What the protocol finds. Called from within feed(), start() and close().
    class Sink {
    public:
        virtual void on_open() = 0;
        /// One whole message. `payload` is valid during the call. Text has been checked to be UTF-8.
        virtual void on_message(std::string_view payload, bool text) = 0;
        virtual void on_ping(std::string_view payload) = 0;
        virtual void on_pong() = 0;
        /// Bytes that must go out, in this order with all other output: the upgrade answer, a close frame.
        virtual void on_output(std::string_view bytes) = 0;
        /// A close frame of ours is in the output; the client's is awaited. What it sends until then is ignored.
        virtual void on_closing(std::uint16_t code, std::string_view reason) = 0;
        /// Nothing more will come out; the connection ends when its output is written.
        virtual void on_ended() = 0;

    protected:
        ~Sink() = default;
    };

    WebSocket(Sink& sink, std::size_t max_message_bytes);
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;
    ~WebSocket();

    /// The request that canonical_request() made: on_output() gets the 101 answer, then on_open() is called.
    void start(std::string_view canonical_request);
    void feed(std::string_view bytes);

    /// Sends a close frame, once. `reason` is cut to what fits; see close_text().
    void close(std::uint16_t code, std::string_view reason);

    /// The close code that was sent or received, whichever came first; 1006 if none.
    std::uint16_t close_code() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

/// A close reason that SDKs take as it is meant: never empty, at most 123 bytes of UTF-8 cut at a character, and not
/// valid JSON (an SDK would read members from it; such a text is prefixed).
std::string close_text(std::uint16_t code, std::string_view reason);

}  // namespace fairlead::edge
