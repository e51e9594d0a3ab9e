// SPDX-License-Identifier: Apache-2.0
#include "client/stream.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace fairlead::client {
namespace {

Error system_error(std::string_view what, int code) {
    return Error{Fault::io, std::string(what) + ": " + std::generic_category().message(code)};
}

/// Waits until the descriptor is ready for `events` or has failed.
Result<void> wait_for(int fd, short events, Deadline deadline) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd item{fd, events, 0};
        const int ready = ::poll(&item, 1, left > 0 ? static_cast<int>(left) : 0);
        if (ready > 0) return {};
        if (ready == 0 && left <= 0) return Error{Fault::timeout, "the deadline passed"};
        if (ready < 0 && errno != EINTR) return system_error("poll", errno);
    }
}

bool would_block() {
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

class StreamTcp final : public Stream {
public:
    explicit StreamTcp(Descriptor fd) : fd_(std::move(fd)) {}

    Result<std::size_t> read(char* into, std::size_t size_bytes, Deadline deadline) override {
        while (true) {
            const ssize_t got = ::recv(fd_.get(), into, size_bytes, 0);
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno == EINTR) continue;
            if (errno == ECONNRESET) return Error{Fault::closed, "the peer reset the connection"};
            if (!would_block()) return system_error("recv", errno);
            if (auto ready = wait_for(fd_.get(), POLLIN, deadline); !ready) return ready.error();
        }
    }

    Result<void> write(std::string_view bytes, Deadline deadline) override {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            } else if (would_block()) {
                if (auto ready = wait_for(fd_.get(), POLLOUT, deadline); !ready) return ready.error();
            } else if (errno == EPIPE || errno == ECONNRESET) {
                return Error{Fault::closed, "the peer closed the connection"};
            } else if (errno != EINTR) {
                return system_error("send", errno);
            }
        }
        return {};
    }

    int descriptor() const override { return fd_.get(); }

private:
    Descriptor fd_;
};

}  // namespace

Result<Address> resolve(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (failure != 0) return Error{Fault::io, "host '" + host + "': " + ::gai_strerror(failure)};
    Address address;
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    address.size = found->ai_addrlen;
    ::freeaddrinfo(found);
    return address;
}

Result<Descriptor> begin_connect(const Address& address) {
    Descriptor fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return system_error("socket", errno);
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd.get(), address.get(), address.size) != 0 && errno != EINPROGRESS) {
        return system_error("connect", errno);
    }
    return fd;
}

Result<Descriptor> connect_socket(const std::string& host, std::uint16_t port, Deadline deadline) {
    const auto address = resolve(host, port);
    if (!address) return address.error();
    auto fd = begin_connect(*address);
    if (!fd) return fd.error();
    if (auto ready = wait_for(fd->get(), POLLOUT, deadline); !ready) return ready.error();
    int failure = 0;
    socklen_t size = sizeof failure;
    ::getsockopt(fd->get(), SOL_SOCKET, SO_ERROR, &failure, &size);
    if (failure != 0) return system_error("connect to " + host + ":" + std::to_string(port), failure);
    return fd;
}

Result<std::unique_ptr<Stream>> connect_tcp(const std::string& host, std::uint16_t port, Deadline deadline) {
    auto fd = connect_socket(host, port, deadline);
    if (!fd) return fd.error();
    return std::unique_ptr<Stream>(std::make_unique<StreamTcp>(std::move(*fd)));
}

}  // namespace fairlead::client
