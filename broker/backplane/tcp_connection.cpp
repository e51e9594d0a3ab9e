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
#include <cstddef>

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

/// Another name for what the number means now: whatever becomes of the number, this stays.
class Hold {
public:
    explicit Hold(int descriptor) : descriptor_(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)) {}
    ~Hold() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace

std::optional<TcpConnection> TcpConnection::find(int descriptor, std::uint16_t own_port) {
    const Hold held(descriptor);
    if (own_port == 0 || endpoint_of(name_of(held.get(), ::getsockname)).port != own_port)
        return std::nullopt;
    const auto cookie = cookie_of(held.get());
    if (!cookie) return std::nullopt;
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

bool TcpConnection::cut() const {
    const Hold held(descriptor_);
    return cookie_of(held.get()) == cookie_ && ::shutdown(held.get(), SHUT_RDWR) == 0;
}

}  // namespace fairlead::backplane
