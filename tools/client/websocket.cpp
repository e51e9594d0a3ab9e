// SPDX-License-Identifier: Apache-2.0
#include "client/websocket.h"

#include <array>

namespace fairlead::client {
namespace {

constexpr std::size_t kMaxAnswerBytes = 16 * 1024;
constexpr std::size_t kReadBytes = 64 * 1024;

Result<std::unique_ptr<Stream>> connect_stream(const Url& url, const TlsOptions& tls, Deadline deadline) {
    if (!url.tls) return connect_tcp(url.host, url.port, deadline);
    auto socket = connect_socket(url.host, url.port, deadline);
    if (!socket) return socket.error();
    return begin_tls(std::move(*socket), url.host, tls, deadline);
}

}  // namespace

WebSocket::WebSocket(std::unique_ptr<Stream> stream, const WebSocketOptions& options)
    : stream_(std::move(stream)),
      parser_(options.max_message_bytes),
      assembler_(options.max_message_bytes),
      send_timeout_(options.timeout),
      answers_pings_(options.answers_pings) {}

Result<WebSocket> WebSocket::open(std::string_view url, const WebSocketOptions& options) {
    const auto parsed = parse_url(url);
    if (!parsed) return parsed.error();
    return open(*parsed, options);
}

Result<WebSocket> WebSocket::open(const Url& url, const WebSocketOptions& options) {
    const Deadline deadline = Clock::now() + options.timeout;
    auto stream = connect_stream(url, options.tls, deadline);
    if (!stream) return stream.error();
    WebSocket socket(std::move(*stream), options);
    if (auto done = socket.shake_hands(url, options, deadline); !done) return done.error();
    return socket;
}

Result<void> WebSocket::shake_hands(const Url& url, const WebSocketOptions& options, Deadline deadline) {
    const HandshakeRequest request{new_key(), options.origin, options.subprotocols, options.headers};
    if (auto sent = stream_->write(encode_request(url, request), deadline); !sent) return sent;
    std::string bytes;
    std::array<char, 4096> piece{};
    while (bytes.find("\r\n\r\n") == std::string::npos) {
        if (bytes.size() > kMaxAnswerBytes) return Error{Fault::too_large, "an endless HTTP answer"};
        const auto got = stream_->read(piece.data(), piece.size(), deadline);
        if (!got) return got.error();
        if (*got == 0) return Error{Fault::closed, "the peer closed the connection instead of answering"};
        bytes.append(piece.data(), *got);
    }
    const auto answer = parse_answer(bytes);
    if (!answer) return answer.error();
    auto subprotocol = check_answer(*answer, request);
    if (!subprotocol) return subprotocol.error();
    subprotocol_ = std::move(*subprotocol);
    parser_.feed(std::string_view(bytes).substr(answer->head_bytes));
    return {};
}

Result<void> WebSocket::send_frame(Opcode opcode, std::string_view payload) {
    return send_raw(client_frame(opcode, payload));
}

Result<void> WebSocket::send_close(std::uint16_t code, std::string_view reason) {
    close_sent_ = true;
    return send_frame(Opcode::close, close_payload(code, reason));
}

Result<void> WebSocket::send_raw(std::string_view bytes) {
    return stream_->write(bytes, Clock::now() + send_timeout_);
}

Result<void> WebSocket::read_more(Deadline deadline) {
    static thread_local std::array<char, kReadBytes> piece;
    const auto got = stream_->read(piece.data(), piece.size(), deadline);
    if (!got) return got.error();
    if (*got == 0) return Error{Fault::closed, "the peer closed the connection"};
    parser_.feed({piece.data(), *got});
    return {};
}

Result<Event> WebSocket::receive(std::chrono::milliseconds timeout) {
    const Deadline deadline = Clock::now() + timeout;
    while (true) {
        auto frame = parser_.next();
        if (!frame) return frame.error();
        if (!*frame) {
            if (auto more = read_more(deadline); !more) return more.error();
            continue;
        }
        auto event = assembler_.take(std::move(**frame));
        if (!event) return event.error();
        if (!*event) continue;
        if (answers_pings_) answer(**event);
        return std::move(**event);
    }
}

void WebSocket::answer(const Event& event) {
    // A failed answer shows at the next read, with the reason of the peer if it gave one.
    if (event.kind == Event::Kind::ping) (void)send_frame(Opcode::pong, event.payload);
    if (event.kind == Event::Kind::close && !close_sent_)
        (void)send_close(event.close_code == 1005 ? 1000 : event.close_code, {});
}

Result<Event> WebSocket::close(std::uint16_t code, std::string_view reason,
                               std::chrono::milliseconds timeout) {
    const Deadline deadline = Clock::now() + timeout;
    if (auto sent = send_close(code, reason); !sent) return sent.error();
    while (true) {
        auto event = receive(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()));
        if (!event || event->kind == Event::Kind::close) return event;
    }
}

}  // namespace fairlead::client
