// SPDX-License-Identifier: Apache-2.0
#include "support/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

namespace fairlead::support {
namespace {

using client::Descriptor;

constexpr int kLookMs = 5;  // at what let_through() has changed

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool would_block() {
    return errno == EAGAIN || errno == EINTR;
}

}  // namespace

struct Relay::Pair {
    Descriptor near;
    Descriptor far;
    std::string there;  // read, not passed on yet
    std::string back;

    // False: an end has come.
    static bool move(const Descriptor& from, const Descriptor& to, std::string& waiting) {
        std::array<char, 16 * 1024> buffer{};
        if (waiting.empty()) {
            const ssize_t got = ::recv(from.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (got == 0 || (got < 0 && !would_block())) return false;
            if (got > 0) waiting.assign(buffer.data(), static_cast<std::size_t>(got));
        }
        if (waiting.empty()) return true;
        const ssize_t sent = ::send(to.get(), waiting.data(), waiting.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) return would_block();
        waiting.erase(0, static_cast<std::size_t>(sent));
        return true;
    }
};

Relay::Relay(std::uint16_t to)
    : to_(to), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_.get(), 64) != 0 ||
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error{"no relay"};
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

Relay::~Relay() {
    over_ = true;
    thread_.join();
}

void Relay::let_through(bool there, bool back) {
    there_ = there;
    back_ = back;
}

void Relay::run() {
    std::vector<pollfd> wanted;
    while (!over_) {
        wanted.assign(1, {listener_.get(), POLLIN, 0});
        for (const auto& pair : pairs_) {
            const auto want = [&](const Descriptor& from, const Descriptor& to, const std::string& waiting,
                                  bool open) {
                if (open)
                    wanted.push_back(waiting.empty() ? pollfd{from.get(), POLLIN, 0}
                                                     : pollfd{to.get(), POLLOUT, 0});
            };
            want(pair->near, pair->far, pair->there, there_);
            want(pair->far, pair->near, pair->back, back_);
        }
        ::poll(wanted.data(), wanted.size(), kLookMs);
        accept();
        pass_on();
    }
}

void Relay::accept() {
    Descriptor near(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!near) return;
    Descriptor far(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(to_);
    if (::connect(far.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
    auto pair = std::make_unique<Pair>();
    pair->near = std::move(near);
    pair->far = std::move(far);
    pairs_.push_back(std::move(pair));
}

void Relay::pass_on() {
    std::erase_if(pairs_, [this](const auto& pair) {
        const bool stands = (!there_ || Pair::move(pair->near, pair->far, pair->there)) &&
                            (!back_ || Pair::move(pair->far, pair->near, pair->back));
        return !stands;
    });
}

}  // namespace fairlead::support
