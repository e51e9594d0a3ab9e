// SPDX-License-Identifier: Apache-2.0
#include "client/swarm.h"

#include <sys/epoll.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "client/frame.h"

namespace fairlead::client {
namespace {

constexpr std::size_t kMaxOpening = 64;
constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr int kMaxEvents = 512;

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);  // a refusal shows later as EMFILE, with its own text
}

std::string message_of(int code) {
    return std::generic_category().message(code);
}

int pending_error(int fd) {
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    return failure;
}

std::string close_text(std::string_view payload) {
    if (payload.size() < 2) return "closed without a code";
    const unsigned code =
        static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
    return "closed " + std::to_string(code) + " " + std::string(payload.substr(2));
}

}  // namespace

Swarm::Swarm(Url url, SwarmListener& listener, Address address, Descriptor epoll)
    : url_(std::move(url)),
      listener_(&listener),
      address_(address),
      epoll_(std::move(epoll)),
      request_{new_key(), {}, {}, {}},
      head_(encode_request(url_, request_)),
      pong_(text_frame("{}")),
      buffer_(kBufferBytes) {}

Result<Swarm> Swarm::create(const Url& url, SwarmListener& listener) {
    raise_descriptor_limit();
    auto address = resolve(url.host, url.port);
    if (!address) return address.error();
    Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) return Error{Fault::io, "epoll_create1: " + message_of(errno)};
    return Swarm(url, listener, *address, std::move(epoll));
}

std::string Swarm::text_frame(std::string_view payload) {
    FrameSpec spec;
    spec.mask = 0;
    return encode_frame(spec, payload);
}

void Swarm::open(std::size_t connections) {
    to_open_ += connections;
}

void Swarm::clear() {
    connections_.clear();
    to_open_ = opening_ = 0;
}

void Swarm::turn(std::chrono::milliseconds timeout) {
    while (to_open_ > 0 && opening_ < kMaxOpening)
        open_one();
    std::array<epoll_event, kMaxEvents> events;
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), kMaxEvents, static_cast<int>(timeout.count()));
    for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        handle(event.data.u32, event.events);
    }
}

void Swarm::open_one() {
    --to_open_;
    const std::size_t index = connections_.size();
    Connection& connection = connections_.emplace_back();
    ++opening_;
    auto fd = begin_connect(address_);
    if (!fd) return drop(index, fd.error().text);
    connection.fd = std::move(*fd);
    connection.wants_write = true;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT;
    event.data.u32 = static_cast<std::uint32_t>(index);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.fd.get(), &event) != 0)
        drop(index, message_of(errno));
}

void Swarm::handle(std::size_t index, std::uint32_t events) {
    Connection& connection = connections_[index];
    if (connection.state == State::connecting) return finish_connecting(index);
    if ((events & EPOLLOUT) != 0) flush(connection, index);
    if (connection.state != State::gone && (events & ~std::uint32_t{EPOLLOUT}) != 0) read(index);
}

void Swarm::finish_connecting(std::size_t index) {
    Connection& connection = connections_[index];
    if (const int failure = pending_error(connection.fd.get()); failure != 0) {
        return drop(index, "connect: " + message_of(failure));
    }
    connection.state = State::upgrading;
    connection.unsent = head_;
    flush(connection, index);
}

void Swarm::send(std::size_t index, std::string_view frames) {
    Connection& connection = connections_[index];
    if (connection.state != State::open) return;
    // What a reply makes its owner send goes out when all that was read is handled: one call for many frames.
    if (index != reading_ && connection.unsent.empty()) {
        const ssize_t sent = ::send(connection.fd.get(), frames.data(), frames.size(), MSG_NOSIGNAL);
        if (sent > 0) frames.remove_prefix(static_cast<std::size_t>(sent));
        if (frames.empty()) return;
    }
    connection.unsent.append(frames);
    if (index != reading_) watch(connection, index, true);
}

void Swarm::flush(Connection& connection, std::size_t index) {
    std::string& unsent = connection.unsent;
    while (!unsent.empty()) {
        const ssize_t sent = ::send(connection.fd.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) return watch(connection, index, true);
        // Any other failure shows at the next read, behind what the server said before it.
        if (sent < 0) break;
        unsent.erase(0, static_cast<std::size_t>(sent));
    }
    watch(connection, index, false);
}

void Swarm::watch(Connection& connection, std::size_t index, bool writes) {
    if (connection.wants_write == writes) return;
    connection.wants_write = writes;
    epoll_event event{};
    event.events = writes ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.u32 = static_cast<std::uint32_t>(index);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.fd.get(), &event);
}

void Swarm::read(std::size_t index) {
    Connection& connection = connections_[index];
    const ssize_t got = ::recv(connection.fd.get(), buffer_.data(), buffer_.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) return drop(index, message_of(errno));
    if (got == 0) return drop(index, "the server ended the connection");
    reading_ = index;
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    if (connection.unread.empty()) {
        take(index, bytes);
    } else {
        const std::string joined = std::exchange(connection.unread, {}).append(bytes);
        take(index, joined);
    }
    reading_ = kNone;
    if (!connection.unsent.empty() && connection.state == State::open) flush(connection, index);
}

void Swarm::take(std::size_t index, std::string_view bytes) {
    while (!bytes.empty()) {
        const State state = connections_[index].state;
        if (state == State::gone) return;
        const std::size_t used =
            state == State::upgrading ? take_head(index, bytes) : take_frame(index, bytes);
        if (used == 0) break;
        bytes.remove_prefix(used);
    }
    connections_[index].unread.assign(bytes);
}

std::size_t Swarm::take_head(std::size_t index, std::string_view bytes) {
    if (bytes.find("\r\n\r\n") == std::string_view::npos) return 0;
    const auto answer = parse_answer(bytes);
    const auto checked = answer ? check_answer(*answer, request_) : answer.error();
    if (!checked) {
        drop(index, checked.error().text);
        return 0;
    }
    connections_[index].state = State::open;
    --opening_;
    listener_->opened(index);
    return answer->head_bytes;
}

std::size_t Swarm::take_frame(std::size_t index, std::string_view bytes) {
    const auto header = read_frame_header(bytes);
    if (!header) return 0;
    if (!header->fin || header->masked || header->reserved != 0) {
        drop(index, "a frame that a load client does not take: fragmented, masked or with reserved bits");
        return 0;
    }
    const auto payload_bytes = static_cast<std::size_t>(header->payload_bytes);
    if (bytes.size() - header->header_bytes < payload_bytes) return 0;
    take_payload(index, header->opcode, bytes.substr(header->header_bytes, payload_bytes));
    return header->header_bytes + payload_bytes;
}

void Swarm::take_payload(std::size_t index, std::uint8_t opcode, std::string_view payload) {
    switch (static_cast<Opcode>(opcode)) {
        case Opcode::text:
            return take_text(index, payload);
        case Opcode::close:
            return drop(index, close_text(payload));
        case Opcode::ping: {
            FrameSpec spec;
            spec.opcode = static_cast<std::uint8_t>(Opcode::pong);
            return send(index, encode_frame(spec, payload));
        }
        default:
            return;
    }
}

void Swarm::take_text(std::size_t index, std::string_view payload) {
    while (!payload.empty()) {
        const std::size_t end = payload.find('\n');
        const std::string_view reply = payload.substr(0, end);
        if (reply == "{}") {
            send(index, pong_);
        } else {
            listener_->received(index, reply);
        }
        if (end == std::string_view::npos) return;
        payload.remove_prefix(end + 1);
    }
}

void Swarm::drop(std::size_t index, std::string_view why) {
    Connection& connection = connections_[index];
    if (connection.state != State::open) --opening_;
    connection = Connection{};
    connection.state = State::gone;
    listener_->gone(index, why);
}

}  // namespace fairlead::client
