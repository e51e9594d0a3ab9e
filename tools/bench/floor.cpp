// SPDX-License-Identifier: Apache-2.0
#include "bench/floor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>

#include "bench/usage.h"
#include "client/stream.h"

namespace fairlead::bench {
namespace {

using client::Child;
using client::Clock;
using client::Descriptor;
using client::Error;
using client::Fault;
using client::Result;
using std::chrono::milliseconds;

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr int kMaxEvents = 512;
constexpr milliseconds kPatience{10000};

/// One turn, as it goes over the control connection.
struct Turn {
    std::uint32_t messages;
    std::uint32_t bytes;
};

void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

bool send_all(int fd, const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t sent = ::send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        data += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

Descriptor listen_on_loopback(std::uint16_t& port) {
    Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener.get(), generic, size) != 0 || ::listen(listener.get(), SOMAXCONN) != 0) return {};
    ::getsockname(listener.get(), generic, &size);
    port = ntohs(address.sin_port);
    return listener;
}

Descriptor accept_one(int listener) {
    Descriptor socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

}  // namespace

int run_floor_sender(std::size_t sockets) {
    raise_descriptor_limit();
    std::uint16_t port = 0;
    const Descriptor listener = listen_on_loopback(port);
    if (!listener) return 1;
    std::printf("port %u\n", unsigned{port});
    std::fflush(stdout);
    const Descriptor control = accept_one(listener.get());
    std::vector<Descriptor> peers;
    for (std::size_t i = 0; i < sockets; ++i)
        peers.push_back(accept_one(listener.get()));
    std::vector<char> payload;
    Turn turn{};
    while (::recv(control.get(), &turn, sizeof turn, MSG_WAITALL) == static_cast<ssize_t>(sizeof turn)) {
        payload.resize(turn.bytes, 'x');
        for (std::uint32_t message = 0; message < turn.messages; ++message) {
            for (const Descriptor& peer : peers) {
                if (!send_all(peer.get(), payload.data(), payload.size())) return 1;
            }
        }
    }
    return 0;
}

Result<std::unique_ptr<Floor>> Floor::start(std::size_t sockets, std::optional<int> core) {
    raise_descriptor_limit();
    auto child = Child::start({"/proc/self/exe", "floor-sender", "--sockets", std::to_string(sockets)}, core);
    if (!child) return child.error();
    std::unique_ptr<Floor> floor(new Floor(std::move(*child)));
    if (auto done = floor->connect(sockets); !done) return done.error();
    return floor;
}

Result<void> Floor::connect(std::size_t sockets) {
    unsigned port = 0;
    if (!child_->wait_for_output("\n", kPatience) ||
        std::sscanf(child_->output().c_str(), "port %u", &port) != 1) {
        return Error{Fault::io, "the floor's sender did not start: " + child_->output()};
    }
    buffer_.resize(kBufferBytes);
    epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
    const auto address = client::resolve("127.0.0.1", static_cast<std::uint16_t>(port));
    if (!address) return address.error();
    for (std::size_t i = 0; i < sockets + 1; ++i) {
        // Blocking: a loopback connect is done when it returns, as soon as the listener's queue has room.
        Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::connect(socket.get(), address->get(), address->size) != 0)
            return Error{Fault::io, "floor: connect"};
        if (i == 0) {
            control_ = std::move(socket);
            continue;
        }
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = socket.get();
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.get(), &event);
        sockets_.push_back(std::move(socket));
    }
    return {};
}

Result<FloorRound> Floor::run(milliseconds duration, std::size_t messages, std::size_t bytes) {
    const auto start = Clock::now();
    const auto used_before = cpu_time(child_->pid());
    FloorRound round;
    while (Clock::now() < start + duration) {
        if (auto done = turn(messages, bytes); !done) return done.error();
        round.sends += messages * sockets_.size();
    }
    const auto used_after = cpu_time(child_->pid());
    if (!used_before || !used_after) return Error{Fault::io, "the floor's sender is gone"};
    round.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const double used_us = std::chrono::duration<double, std::micro>(*used_after - *used_before).count();
    round.cpu_us_per_send = used_us / static_cast<double>(round.sends);
    return round;
}

Result<void> Floor::turn(std::size_t messages, std::size_t bytes) {
    const Turn turn{static_cast<std::uint32_t>(messages), static_cast<std::uint32_t>(bytes)};
    if (!send_all(control_.get(), reinterpret_cast<const char*>(&turn), sizeof turn)) {
        return Error{Fault::io, "the floor's sender is gone"};
    }
    std::array<epoll_event, kMaxEvents> events;
    for (std::size_t missing = messages * bytes * sockets_.size(); missing > 0;) {
        const int count =
            ::epoll_wait(epoll_.get(), events.data(), kMaxEvents, static_cast<int>(kPatience.count()));
        if (count <= 0) return Error{Fault::timeout, "the floor's bytes did not arrive"};
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            const ssize_t got = ::recv(fd, buffer_.data(), buffer_.size(), 0);
            if (got <= 0) return Error{Fault::io, "the floor's sender is gone"};
            missing -= static_cast<std::size_t>(got);
        }
    }
    return {};
}

}  // namespace fairlead::bench
