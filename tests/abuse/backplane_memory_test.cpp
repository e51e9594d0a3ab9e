// SPDX-License-Identifier: Apache-2.0
// What a peer without a key can make the broker hold, and for how long.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "support/keys.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

constexpr std::size_t kMiB = 1024 * 1024;
constexpr std::size_t kFlood = 500 * kMiB;

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

    /// Whether the other side ends the connection; what it sends before is passed over.
    bool ends() const {
        const auto give_up = std::chrono::steady_clock::now() + kPatience;
        while (std::chrono::steady_clock::now() < give_up) {
            pollfd descriptor{fd_, POLLIN, 0};
            if (::poll(&descriptor, 1, 100) <= 0) continue;
            char buffer[4096];
            if (::recv(fd_, buffer, sizeof buffer, 0) <= 0) return true;
        }
        return false;
    }

private:
    int fd_;
};

/// The greeting of ZMTP 3.0 for CURVE.
std::string zmtp_greeting() {
    std::string bytes("\xff\0\0\0\0\0\0\0\0\x7f\x03\0", 12);
    bytes += std::string("CURVE") + std::string(15, '\0');
    bytes += std::string(32, '\0');
    return bytes;
}

/// The head of a command of that many bytes.
std::string long_command(std::uint64_t size) {
    std::string bytes("\x06", 1);
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>((size >> shift) & 0xff);
    return bytes;
}

std::size_t resident_bytes(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    in >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST_CASE("T37: a command of 500 MB before the handshake is cut, and held nowhere", "[backplane]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights));
    Broker broker(keys.options());
    const std::size_t before = resident_bytes(broker.process().pid());
    std::size_t most = before;
    const std::string piece(kMiB, 'x');
    for (int peer = 0; peer < 5; ++peer) {
        Raw raw(broker.backplane_address());
        REQUIRE(raw.send(zmtp_greeting()));
        bool open = raw.send(long_command(kFlood));
        std::size_t sent = 0;
        while (open && sent < kFlood) {
            open = raw.send(piece);
            sent += piece.size();
            most = std::max(most, resident_bytes(broker.process().pid()));
        }
        CHECK_FALSE(open);
        CHECK(sent < kFlood / 10);
        CHECK(raw.ends());
    }
    CHECK(most - before < 8 * kMiB);
    Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    join(orders);
}

TEST_CASE("T37: whoever is silent in the handshake is cut", "[backplane]") {
    KeyFolder keys;
    keys.configure(table_of("orders", keys.key("orders"), kAllRights));
    Broker broker(keys.options());
    const auto begin = std::chrono::steady_clock::now();
    Raw silent(broker.backplane_address());
    Raw half(broker.backplane_address());
    half.send(zmtp_greeting().substr(0, 11));
    Raw greeted(broker.backplane_address());
    greeted.send(zmtp_greeting());
    CHECK(silent.ends());
    CHECK(half.ends());
    CHECK(greeted.ends());
    // libzmq's own limit is 30 s.
    CHECK(std::chrono::steady_clock::now() - begin < kPatience);
}

}  // namespace
}  // namespace fairlead::support
