// SPDX-License-Identifier: Apache-2.0
#include "backplane/tcp_connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>  // glibc's own tcp_info ends before the bytes
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <stdexcept>

namespace fairlead::backplane {
namespace {

constexpr socklen_t kInfoBytes = offsetof(tcp_info, tcpi_bytes_received) + sizeof(std::uint64_t);

using GetName = int (*)(int, sockaddr*, socklen_t*);

sockaddr_storage name_of(int descriptor, GetName get) {
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    void* plain = &name;
    if (get(descriptor, static_cast<sockaddr*>(plain), &size) != 0) name.ss_family = AF_UNSPEC;
    return name;
}

struct Endpoint {
    std::string host;
    std::uint16_t port = 0;  // 0: none
};

Endpoint endpoint_of(const sockaddr_storage& name) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* plain = &name;
    if (name.ss_family == AF_INET) {
        const auto* in = static_cast<const sockaddr_in*>(plain);
        ::inet_ntop(AF_INET, &in->sin_addr, text.data(), text.size());
        return {text.data(), ntohs(in->sin_port)};
    }
    if (name.ss_family != AF_INET6) return {};
    const auto* in = static_cast<const sockaddr_in6*>(plain);
    ::inet_ntop(AF_INET6, &in->sin6_addr, text.data(), text.size());
    return {"[" + std::string(text.data()) + "]", ntohs(in->sin6_port)};
}

std::optional<std::uint64_t> cookie_of(int descriptor) {
    std::uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) return std::nullopt;
    return cookie;
}

}  // namespace

Grip::Grip() {
    if (::pipe2(own_.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("backplane: no descriptor is left to watch connections with");
}

Grip::~Grip() {
    for (const int descriptor : own_)
        ::close(descriptor);
}

int Grip::hold(int descriptor) const {
    return ::dup3(descriptor, own_[0], O_CLOEXEC);
}

void Grip::release() const {
    ::dup3(own_[1], own_[0], O_CLOEXEC);
}

// The number may become another connection's meanwhile, hence the second look at the cookie.
std::optional<TcpConnection> TcpConnection::find(int descriptor, std::uint16_t own_port) {
    const auto cookie = cookie_of(descriptor);
    if (!cookie || own_port == 0 || endpoint_of(name_of(descriptor, ::getsockname)).port != own_port)
        return std::nullopt;
    if (cookie_of(descriptor) != cookie) return std::nullopt;
    return TcpConnection(descriptor, *cookie);
}

std::optional<std::uint64_t> TcpConnection::received() const {
    tcp_info info{};
    socklen_t size = kInfoBytes;
    if (::getsockopt(descriptor_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < kInfoBytes)
        return std::nullopt;
    return info.tcpi_bytes_received;
}

std::uint64_t TcpConnection::unread() const {
    int bytes = 0;
    return ::ioctl(descriptor_, SIOCINQ, &bytes) == 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

std::string TcpConnection::peer_address() const {
    const Endpoint peer = endpoint_of(name_of(descriptor_, ::getpeername));
    return peer.port == 0 ? std::string() : peer.host + ":" + std::to_string(peer.port);
}

TcpConnection::Cut TcpConnection::cut(const Grip& grip) const {
    const int held = grip.hold(descriptor_);
    if (held < 0) return errno == EBADF ? Cut::gone : Cut::failed;
    const bool same = cookie_of(held) == cookie_;
    const bool done = same && ::shutdown(held, SHUT_RDWR) == 0;
    const bool closed = same && !done && errno == ENOTCONN;
    grip.release();
    if (done) return Cut::done;
    return !same || closed ? Cut::gone : Cut::failed;
}

}  // namespace fairlead::backplane
