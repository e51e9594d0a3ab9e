// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include "support/inbox.h"
#include "support/parties.h"

/// A peer of the backplane that is no libzmq, and what it costs the broker.
namespace fairlead::support {

/// A bare TCP connection to the backplane.
class Raw {
public:
    explicit Raw(const std::string& address) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port_of(address))));
        const void* plain = &to;
        REQUIRE(::connect(fd_, static_cast<const sockaddr*>(plain), sizeof to) == 0);
    }
    ~Raw() { ::close(fd_); }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;

    bool send(const std::string& bytes) const {
        std::size_t sent = 0;
        while (sent < bytes.size()) {
            const ssize_t count = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) return false;
            sent += static_cast<std::size_t>(count);
        }
        return true;
    }

    /// Whether the other side says this, among other things.
    bool hears(std::string_view text) const {
        std::string said;
        return read_until(
            [&](std::string_view more) { return said.append(more).find(text) != std::string::npos; });
    }

    /// Whether the other side ends the connection; what it sends before is passed over.
    bool ends() const {
        return read_until([](std::string_view more) { return more.empty(); });
    }

private:
    /// `done` gets what came, nothing at the end.
    template <typename Done>
    bool read_until(Done done) const {
        const auto give_up = std::chrono::steady_clock::now() + kPatience;
        while (std::chrono::steady_clock::now() < give_up) {
            pollfd descriptor{fd_, POLLIN, 0};
            if (::poll(&descriptor, 1, 100) <= 0) continue;
            char buffer[4096];
            const ssize_t count = ::recv(fd_, buffer, sizeof buffer, 0);
            if (done(std::string_view(buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0)))))
                return true;
            if (count <= 0) return false;
        }
        return false;
    }

    int fd_;
};

/// The greeting of ZMTP 3.0.
inline std::string zmtp_greeting(std::string_view mechanism) {
    std::string bytes("\xff\0\0\0\0\0\0\0\0\x7f\x03\0", 12);
    bytes += mechanism;
    bytes.resize(64);
    return bytes;
}

/// The head of a frame or command of that many bytes.
inline std::string zmtp_head(char flags, std::uint64_t size) {
    std::string bytes(1, flags);
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>((size >> shift) & 0xff);
    return bytes;
}

inline std::size_t resident_bytes(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    in >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace fairlead::support
