// SPDX-License-Identifier: Apache-2.0
#include "unit/auth/key_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

#include "support/inbox.h"

namespace fairlead::auth::test {
namespace {

/// Until the end of the header lines; false if the other side leaves before.
bool read_request(int connection) {
    std::string text;
    std::array<char, 4096> piece;
    while (text.find("\r\n\r\n") == text.npos) {
        const auto bytes = ::read(connection, piece.data(), piece.size());
        if (bytes <= 0) return false;
        text.append(piece.data(), static_cast<std::size_t>(bytes));
    }
    return true;
}

void write_all(int connection, std::string_view text) {
    while (!text.empty()) {
        const auto bytes = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
        if (bytes <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(bytes));
    }
}

}  // namespace

KeyServer::KeyServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, any, &size) != 0 || ::pipe(stop_) != 0) {
        throw std::runtime_error("no server");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

KeyServer::~KeyServer() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        changed_.notify_all();
    }
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
    ::close(listener_);
}

void KeyServer::answer(std::string body, const std::string& head) {
    const std::lock_guard lock(mutex_);
    answer_ = "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\nConnection: close\r\n\r\n" + body;
}

void KeyServer::hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
}

void KeyServer::release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
}

std::size_t KeyServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

bool KeyServer::await_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, support::kPatience, [&] { return requests_ >= count; });
}

void KeyServer::run() {
    std::array<pollfd, 2> watched{{{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}}};
    while (::poll(watched.data(), watched.size(), -1) > 0 && watched[1].revents == 0) {
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        if (read_request(connection)) serve(connection);
        ::close(connection);
    }
}

void KeyServer::serve(int connection) {
    std::unique_lock lock(mutex_);
    ++requests_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_ || ending_; });
    const std::string answer = answer_;
    lock.unlock();
    write_all(connection, answer);
}

}  // namespace fairlead::auth::test
