// SPDX-License-Identifier: Apache-2.0
// Clients behind proxies and load balancers, tokens in URLs, and the budget of verifications: the ways in.
#include <catch2/catch.hpp>
#include <string>
#include <variant>

#include "client_frames.h"
#include "edge/connection.h"
#include "edge_fixture.h"

using namespace std::chrono_literals;
using namespace fairlead;
using namespace fairlead::edge;
using namespace fairlead::edge::test;

namespace {

constexpr const char* kProxy = "10.0.0.1";
constexpr const char* kBalancer = "10.9.0.1";

Options shares(std::size_t clients) {
    Options options;
    options.max_clients_per_ip = clients;
    return options;
}

struct Proxied : Thread {
    explicit Proxied(Options given = {}) : Thread(std::move(given)) {
        context.rules.trusted_proxies = Networks({"10.0.0.0/16"});
        context.rules.proxy_protocol_from = Networks({"10.9.0.0/16"});
    }

    std::string status(const Peer& peer, const std::string& bytes) {
        write(peer, bytes);
        return read(peer).substr(0, 12);
    }
    std::string through(const std::string& forwarded) {
        return status(connect_through(kProxy), upgrade_request("X-Forwarded-For: " + forwarded + "\r\n"));
    }
};

// A header of the PROXY protocol: `command` 1 for a client, 0 for the proxy itself.
std::string proxy_header(const std::string& source, int command = 1) {
    std::string bytes("\r\n\r\n\0\r\nQUIT\n", 12);
    bytes += static_cast<char>(0x20 | command);
    bytes += std::string("\x11\x00\x0c", 3);
    const IpAddress ip = *parse_ip(source);
    bytes.append(reinterpret_cast<const char*>(ip.bytes.data()) + 12, 4);
    return bytes + std::string("\x7f\x00\x00\x01\x12\x34\x1f\x40", 8);
}

std::unique_ptr<core::Connect> connect_of(Thread& thread) {
    auto posted = thread.posted();
    REQUIRE(posted.size() == 1);
    return std::move(std::get<std::unique_ptr<core::Connect>>(posted[0]));
}

}  // namespace

TEST_CASE("behind a trusted proxy limits and services see the client's address", "[edge][proxies]") {
    Proxied thread(shares(2));
    const Peer peer = thread.connect_through(kProxy);
    CHECK(thread.status(peer, upgrade_request("X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: 203.0.113.9\r\n")) ==
          "HTTP/1.1 101");
    thread.write(peer, text(R"({"connect":{},"id":1})"));
    CHECK(connect_of(thread)->address == "203.0.113.9");
    CHECK(thread.through("203.0.113.9") == "HTTP/1.1 101");
    CHECK(thread.through("198.51.100.7, 203.0.113.9") == "HTTP/1.1 429");
    CHECK(thread.through("203.0.113.8") == "HTTP/1.1 101");
    CHECK(thread.context.counts.refused == 1);
}

TEST_CASE("a place behind a proxy is free again when its client has gone", "[edge][proxies]") {
    Proxied thread(shares(1));
    const Peer peer = thread.connect_through(kProxy);
    CHECK(thread.status(peer, upgrade_request("X-Forwarded-For: 203.0.113.9\r\n")) == "HTTP/1.1 101");
    CHECK(thread.through("203.0.113.9") == "HTTP/1.1 429");
    ::shutdown(peer.socket, SHUT_RDWR);
    peer.connection->on_ready(EPOLLIN);
    CHECK(peer.connection->gone());
    CHECK(thread.through("203.0.113.9") == "HTTP/1.1 101");
}

TEST_CASE("T6: a stranger's X-Forwarded-For changes nothing", "[edge][proxies]") {
    Proxied thread;
    const Peer peer = thread.connect();
    CHECK(thread.status(peer, upgrade_request("X-Forwarded-For: 203.0.113.9\r\n")) == "HTTP/1.1 101");
    thread.write(peer, text(R"({"connect":{},"id":1})"));
    CHECK(connect_of(thread)->address.empty());  // a pair of sockets has none
}

TEST_CASE("a load balancer's header names the client", "[edge][proxies]") {
    Proxied thread(shares(1));
    const Peer peer = thread.connect_through(kBalancer);
    const std::string bytes = proxy_header("203.0.113.9") + upgrade_request();
    SECTION("in one piece") { thread.write(peer, bytes); }
    SECTION("byte by byte") {
        for (char c : bytes) thread.write(peer, std::string_view(&c, 1));
    }
    // The header alone is taken from the socket, so one look at it leaves the request there.
    peer.connection->on_ready(EPOLLIN);
    thread.flush();
    CHECK(thread.read(peer).rfind("HTTP/1.1 101", 0) == 0);
    thread.write(peer, text(R"({"connect":{},"id":1})"));
    CHECK(connect_of(thread)->address == "203.0.113.9");
    const Peer second = thread.connect_through(kBalancer);
    thread.write(second, proxy_header("203.0.113.9"));
    CHECK(second.connection->gone());
    const Peer other = thread.connect_through(kBalancer);
    thread.write(other, proxy_header("203.0.113.10"));
    CHECK(thread.status(other, upgrade_request()) == "HTTP/1.1 101");
}

TEST_CASE("a load balancer that asks for itself is itself", "[edge][proxies]") {
    Proxied thread;
    const Peer peer = thread.connect_through(kBalancer);
    thread.write(peer, proxy_header("203.0.113.9", 0));
    CHECK(thread.status(peer, upgrade_request()) == "HTTP/1.1 101");
    thread.write(peer, text(R"({"connect":{},"id":1})"));
    CHECK(connect_of(thread)->address == kBalancer);
}

TEST_CASE("behind a load balancer a trusted proxy's word counts", "[edge][proxies]") {
    Proxied thread;
    const Peer peer = thread.connect_through(kBalancer);
    thread.write(peer, proxy_header(kProxy));
    CHECK(thread.status(peer, upgrade_request("X-Forwarded-For: 203.0.113.9\r\n")) == "HTTP/1.1 101");
    thread.write(peer, text(R"({"connect":{},"id":1})"));
    CHECK(connect_of(thread)->address == "203.0.113.9");
}

TEST_CASE("T6: who must send a PROXY header is cut without one, who must not is refused with one", "[edge][proxies]") {
    Proxied thread;
    for (const std::string& bytes : {upgrade_request(), std::string("PROXY TCP4 203.0.113.9 127.0.0.1 1 2\r\n")}) {
        const Peer listed = thread.connect_through(kBalancer);
        thread.write(listed, bytes);
        CHECK(listed.connection->gone());
        CHECK(thread.read(listed).empty());
    }
    const Peer stranger = thread.connect();
    CHECK(thread.status(stranger, proxy_header("203.0.113.9") + upgrade_request()) == "HTTP/1.1 400");
    const Peer proxy = thread.connect_through(kProxy);
    CHECK(thread.status(proxy, proxy_header("203.0.113.9") + upgrade_request()) == "HTTP/1.1 400");
    const Peer version_1 = thread.connect();
    CHECK(thread.status(version_1, "PROXY TCP4 203.0.113.9 127.0.0.1 1 2\r\n" + upgrade_request()) == "HTTP/1.1 505");
}

TEST_CASE("a PROXY header must be there in the time of the upgrade", "[edge][proxies]") {
    Proxied thread;
    const Peer peer = thread.connect_through(kBalancer);
    thread.write(peer, proxy_header("203.0.113.9").substr(0, 20));
    thread.advance(4900ms);
    CHECK_FALSE(peer.connection->gone());
    thread.advance(200ms);
    CHECK(peer.connection->gone());
}

TEST_CASE("T27: a token in the URL counts only where it is switched on, and not over the command's", "[edge][proxies]") {
    const std::string request = [] {
        std::string bytes = upgrade_request();
        bytes.insert(bytes.find(" HTTP"), "?x=1&token=ann&token=bob");
        return bytes;
    }();
    Thread thread;
    const auto user = [&](const char* command) {
        const Peer peer = thread.connect();
        thread.write(peer, request);
        thread.write(peer, text(command));
        auto ask = connect_of(thread);
        return ask->claims ? ask->claims->user : std::string("nobody");
    };
    CHECK(user(R"({"connect":{},"id":1})") == "nobody");
    thread.context.rules.token_in_url = true;
    CHECK(user(R"({"connect":{},"id":1})") == "ann");
    CHECK(user(R"({"connect":{"token":"carl"},"id":1})") == "carl");
}

TEST_CASE("T26: tokens of one address are verified at a bounded rate, and bad ones cost double", "[edge][proxies]") {
    Options options;
    options.verifications_per_ip = {10, 10};
    options.limit_loopback = true;
    Thread thread(options);
    const auto reply = [&](const char* token) {
        const Peer peer = thread.connect();
        thread.write(peer, upgrade_request());
        thread.read(peer);
        thread.write(peer, text(std::string(R"({"connect":{"token":")") + token + R"("},"id":1})"));
        return thread.read(peer);
    };
    for (int i = 0; i < 5; ++i) CHECK(reply("forged").find("invalid token") != std::string::npos);
    CHECK(reply("ann").find("\"code\":111") != std::string::npos);
    CHECK(thread.posted().empty());
    thread.advance(100ms);
    CHECK(reply("ann").empty());  // core has been asked
    CHECK(thread.posted().size() >= 1);
    thread.advance(10s);
    for (int i = 0; i < 10; ++i) CHECK(reply("ann").empty());
    CHECK_FALSE(reply("ann").empty());
}
