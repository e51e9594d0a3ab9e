// SPDX-License-Identifier: Apache-2.0
#include "fake_broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "client/handshake.h"

namespace fairlead::bench::test {
namespace {

std::optional<std::string> read_exactly(int fd, std::size_t bytes) {
    std::string out(bytes, '\0');
    if (bytes == 0) return out;
    if (::recv(fd, out.data(), bytes, MSG_WAITALL) != static_cast<ssize_t>(bytes)) return std::nullopt;
    return out;
}

unsigned byte_of(char c) {
    return static_cast<unsigned char>(c);
}

/// The payload of the next frame, whose mask a swarm always writes as zero.
std::optional<std::string> read_frame(int fd) {
    const auto head = read_exactly(fd, 2);
    if (!head) return std::nullopt;
    std::size_t size = byte_of((*head)[1]) & 0x7f;
    if (size == 126) {
        const auto length = read_exactly(fd, 2);
        if (!length) return std::nullopt;
        size = byte_of((*length)[0]) << 8 | byte_of((*length)[1]);
    }
    if (!read_exactly(fd, 4)) return std::nullopt;
    return read_exactly(fd, size);
}

/// The text from behind `from` up to `to`.
std::string between(std::string_view text, std::string_view from, std::string_view to) {
    const std::size_t start = text.find(from) + from.size();
    return std::string(text.substr(start, text.rfind(to) - start));
}

}  // namespace

FakeBroker::FakeBroker(Spoil spoil) : spoil_(std::move(spoil)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    ::bind(listener_.get(), generic, size);
    ::listen(listener_.get(), 64);
    ::getsockname(listener_.get(), generic, &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
}

FakeBroker::~FakeBroker() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    for (auto& peer : peers_)
        ::shutdown(peer->fd.get(), SHUT_RDWR);
    for (auto& thread : threads_)
        thread.join();
}

client::Url FakeBroker::url() const {
    return *client::parse_url("ws://127.0.0.1:" + std::to_string(port_));
}

void FakeBroker::accept() {
    while (true) {
        client::Descriptor fd(::accept(listener_.get(), nullptr, nullptr));
        if (!fd) return;
        const std::lock_guard<std::mutex> lock(mutex_);
        peers_.push_back(std::make_unique<Peer>());
        peers_.back()->fd = std::move(fd);
        threads_.emplace_back([this, index = peers_.size() - 1] { serve(index); });
    }
}

void FakeBroker::serve(std::size_t index) {
    int fd = -1;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        fd = peers_[index]->fd.get();
    }
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        const auto piece = read_exactly(fd, 1);
        if (!piece) return;
        head += *piece;
    }
    const std::string name = "Sec-WebSocket-Key: ";
    const std::string key = head.substr(head.find(name) + name.size(), 24);
    const std::string answer =
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
        client::accept_of(key) + "\r\n\r\n";
    ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
    while (const auto message = read_frame(fd)) {
        std::string_view rest = *message;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            handle(index, rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
}

void FakeBroker::handle(std::size_t index, std::string_view line) {
    const std::string id = between(line, "\"id\":", "}");
    const auto is = [&](std::string_view command) { return line.substr(0, command.size()) == command; };
    const std::lock_guard<std::mutex> lock(mutex_);
    if (is("{\"connect\"")) return say(index, "{\"id\":1,\"connect\":{}}");
    if (is("{\"subscribe\"")) {
        peers_[index]->subscribed = true;
        return say(index, "{\"id\":2,\"subscribe\":{}}");
    }
    const std::string data = between(line, "\"data\":", "},\"id\"");
    if (is("{\"rpc\"")) return say_spoiled(index, "{\"id\":" + id + ",\"rpc\":{\"data\":" + data + "}}");
    for (std::size_t i = 0; i < peers_.size(); ++i) {
        if (peers_[i]->subscribed)
            say_spoiled(i, "{\"push\":{\"channel\":\"c\",\"pub\":{\"data\":" + data + "}}}");
    }
    say(index, "{\"id\":" + id + ",\"publish\":{}}");
}

void FakeBroker::say_spoiled(std::size_t index, const std::string& line) {
    const std::string spoiled = spoil_ ? spoil_(index, line) : line;
    if (!spoiled.empty()) say(index, spoiled);
}

void FakeBroker::say(std::size_t index, std::string_view line) {
    std::string frame("\x81\x7e", 2);
    frame += static_cast<char>(line.size() >> 8);
    frame += static_cast<char>(line.size() & 0xff);
    frame.append(line);
    ::send(peers_[index]->fd.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
}

}  // namespace fairlead::bench::test
