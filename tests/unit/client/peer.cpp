// SPDX-License-Identifier: Apache-2.0
#include "peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>

#include "client/handshake.h"

namespace fairlead::client::test {

std::string PeerConnection::read_exactly(std::size_t bytes) {
    std::string out(bytes, '\0');
    const ssize_t got = ::recv(fd_, out.data(), bytes, MSG_WAITALL);
    return got == static_cast<ssize_t>(bytes) ? out : std::string();
}

std::string PeerConnection::read_head() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        const std::string piece = read_exactly(1);
        if (piece.empty()) return head;
        head += piece;
    }
    return head;
}

void PeerConnection::accept_upgrade(std::string_view extra) {
    const std::string head = read_head();
    const std::string name = "Sec-WebSocket-Key: ";
    const std::size_t start = head.find(name) + name.size();
    const std::string key = head.substr(start, head.find("\r\n", start) - start);
    write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
          std::string(extra) + "Sec-WebSocket-Accept: " + accept_of(key) + "\r\n\r\n");
}

std::string PeerConnection::read_frame(unsigned* first) {
    const std::string head = read_exactly(2);
    if (head.empty()) return {};
    if (first != nullptr) *first = static_cast<unsigned char>(head[0]);
    std::size_t size = static_cast<unsigned char>(head[1]) & 0x7f;
    const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (extra != 0) size = 0;
    for (const char c : extra == 0 ? std::string() : read_exactly(extra))
        size = size << 8 | static_cast<unsigned char>(c);
    const std::string key = read_exactly(4);
    std::string payload = size == 0 ? std::string() : read_exactly(size);
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
    return payload;
}

void PeerConnection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void PeerConnection::write_frame(unsigned first, std::string_view payload) {
    std::string out(1, static_cast<char>(first));
    if (payload.size() < 126) {
        out += static_cast<char>(payload.size());
    } else {
        out += {126, static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size() & 0xff)};
    }
    write(out.append(payload));
}

Peer::Peer(std::function<void(PeerConnection&)> script)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 8) != 0 ||
        ::getsockname(listener_.get(), generic, &size) != 0) {
        throw std::runtime_error("no loopback listener");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, script = std::move(script)] {
        const Descriptor accepted(::accept(listener_.get(), nullptr, nullptr));
        PeerConnection connection(accepted.get());
        script(connection);
    });
}

}  // namespace fairlead::client::test
