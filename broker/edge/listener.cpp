// SPDX-License-Identifier: Apache-2.0
#include "edge/listener.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

#include "edge/address.h"

namespace fairlead::edge {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsABatch = 64;
constexpr int kNotSentLowWater = 16 * 1024;
constexpr int kUserTimeoutMs = 30'000;
constexpr std::chrono::milliseconds kFirstBackoff{10};
constexpr std::chrono::milliseconds kLastBackoff{1000};

[[noreturn]] void fail(const std::string& address, const std::string& why) {
    throw std::runtime_error("cannot listen on " + address + ": " + why);
}

struct Resolved {
    sockaddr_storage address{};
    socklen_t size = 0;
};

Resolved resolve(const std::string& text) {
    std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) fail(text, "it is not host:port");
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    int error = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), text.c_str() + colon + 1, &hints, &found);
    if (error != 0) fail(text, ::gai_strerror(error));
    Resolved resolved;
    resolved.size = found->ai_addrlen;
    std::memcpy(&resolved.address, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
    return resolved;
}

void set_option(int descriptor, int level, int name, int value) {
    ::setsockopt(descriptor, level, name, &value, sizeof value);
}

// A socket bound to the address, or -1 with errno.
int bound_socket(const Resolved& resolved, bool reuse_port) {
    int descriptor = ::socket(resolved.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
    if (reuse_port) set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
    if (resolved.address.ss_family == AF_INET6) set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&resolved.address), resolved.size) == 0) return descriptor;
    int error = errno;
    ::close(descriptor);
    errno = error;
    return -1;
}

std::string reason(int error) {
    if (error == EADDRINUSE) return "the port is in use; is another broker running?";
    return std::strerror(error);
}

std::string bound_address(int descriptor) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    bool v6 = address.ss_family == AF_INET6;
    in_port_t port = v6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                        : reinterpret_cast<sockaddr_in&>(address).sin_port;
    std::string host = address_text(address);
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(ntohs(port));
}

}  // namespace

ListenSocket::ListenSocket(const std::string& address, bool shared, bool join) {
    Resolved resolved = resolve(address);
    // A port that another process shares would let us in silently: without the shared flag it does not.
    if (shared && !join) {
        int probe = bound_socket(resolved, false);
        if (probe < 0) fail(address, reason(errno));
        ::close(probe);
    }
    descriptor_ = bound_socket(resolved, shared);
    if (descriptor_ < 0) fail(address, reason(errno));
    set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(descriptor_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kNotSentLowWater);
    set_option(descriptor_, IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMs);
    if (::listen(descriptor_, kBacklog) != 0) fail(address, reason(errno));
    address_ = bound_address(descriptor_);
}

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), address_(std::move(other.address_)) {}

ListenSocket::~ListenSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Listener::Listener(Poller& poller, base::Clock& clock, base::Log& log, ListenSocket socket, Accepted accepted)
    : poller_(poller), clock_(clock), log_(log), socket_(std::move(socket)), accepted_(std::move(accepted)) {
    poller_.watch(socket_.descriptor(), *this, EPOLLIN);
}

Listener::~Listener() = default;

void Listener::on_ready(std::uint32_t) {
    for (int i = 0; i < kAcceptsABatch && !paused_ && !stopped_; ++i) {
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        int descriptor = ::accept4(socket_.descriptor(), reinterpret_cast<sockaddr*>(&peer), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            backoff_ = {};
            accepted_(descriptor, peer);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            pause(errno);
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return;
        }
    }
}

void Listener::pause(int error) {
    backoff_ = std::clamp(backoff_ * 2, kFirstBackoff, kLastBackoff);
    resume_at_ = clock_.now() + backoff_;
    paused_ = true;
    poller_.change(socket_.descriptor(), *this, 0);
    if (clock_.now() - said_at_ < kLastBackoff) return;
    said_at_ = clock_.now();
    log_.error("cannot accept", {{"error", std::strerror(error)}, {"pause_ms", backoff_.count()}});
}

void Listener::tick(base::Steady now) {
    if (!paused_ || stopped_ || now < resume_at_) return;
    paused_ = false;
    poller_.change(socket_.descriptor(), *this, EPOLLIN);
}

void Listener::stop() {
    if (std::exchange(stopped_, true)) return;
    poller_.forget(socket_.descriptor());
}

}  // namespace fairlead::edge
