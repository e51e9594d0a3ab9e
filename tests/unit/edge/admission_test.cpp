// SPDX-License-Identifier: Apache-2.0
#include "edge/admission.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <catch2/catch.hpp>
#include <cstring>

using namespace std::chrono_literals;
using namespace fairlead;
using namespace fairlead::edge;

namespace {

PeerGroup v4(const char* text) {
    sockaddr_storage storage{};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, text, &address.sin_addr);
    std::memcpy(&storage, &address, sizeof address);
    return peer_group(storage);
}

PeerGroup v6(const char* text) {
    sockaddr_storage storage{};
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    inet_pton(AF_INET6, text, &address.sin6_addr);
    std::memcpy(&storage, &address, sizeof address);
    return peer_group(storage);
}

}  // namespace

TEST_CASE("T7: one address gets its share and no more, others are not touched", "[edge][admission]") {
    Options options;
    options.max_clients_per_ip = 3;
    Admission admission(options, 1000);
    base::ManualClock clock;
    for (int i = 0; i < 3; ++i)
        CHECK(admission.admit(v4("192.0.2.1"), clock.now()).empty());
    CHECK(admission.admit(v4("192.0.2.1"), clock.now()) == "max_clients_per_ip reached");
    CHECK(admission.admit(v4("192.0.2.2"), clock.now()).empty());
    admission.released(v4("192.0.2.1"), true, false);
    CHECK(admission.admit(v4("192.0.2.1"), clock.now()).empty());
}

TEST_CASE("T7: an IPv6 address counts by its /64, a mapped IPv4 one as IPv4", "[edge][admission]") {
    CHECK(v6("2001:db8:0:1::1") == v6("2001:db8:0:1:ffff::2"));
    CHECK_FALSE(v6("2001:db8:0:1::1") == v6("2001:db8:0:2::1"));
    CHECK(v6("::ffff:192.0.2.1") == v4("192.0.2.1"));
    CHECK(v4("127.1.2.3").loopback);
    CHECK(v6("::1").loopback);
    CHECK(v6("::ffff:127.0.0.1").loopback);
    CHECK_FALSE(v4("128.0.0.1").loopback);
}

TEST_CASE("T7: accepts of one address are limited in rate", "[edge][admission]") {
    Options options;
    options.accepts_per_ip = {10, 5};
    Admission admission(options, 1000);
    base::ManualClock clock;
    for (int i = 0; i < 5; ++i)
        CHECK(admission.admit(v4("192.0.2.1"), clock.now()).empty());
    CHECK(admission.admit(v4("192.0.2.1"), clock.now()) == "accepts_per_ip exceeded");
    clock.advance(100ms);
    CHECK(admission.admit(v4("192.0.2.1"), clock.now()).empty());
}

TEST_CASE("loopback is spared unless limit_loopback says otherwise", "[edge][admission]") {
    Options options;
    options.max_clients_per_ip = 1;
    base::ManualClock clock;
    Admission spared(options, 1000);
    for (int i = 0; i < 100; ++i)
        CHECK(spared.admit(v4("127.0.0.1"), clock.now()).empty());
    options.limit_loopback = true;
    Admission limited(options, 1000);
    CHECK(limited.admit(v4("127.0.0.1"), clock.now()).empty());
    CHECK_FALSE(limited.admit(v4("127.0.0.1"), clock.now()).empty());
}

TEST_CASE("all clients and those before connect are limited", "[edge][admission]") {
    Options options;
    options.max_before_connect = 2;
    Admission admission(options, 4);
    base::ManualClock clock;
    const PeerGroup peer = v4("127.0.0.1");
    for (int i = 0; i < 2; ++i) CHECK(admission.admit(peer, clock.now()).empty());
    CHECK_FALSE(admission.crowded());
    CHECK(admission.admit(peer, clock.now()).empty());
    CHECK(admission.crowded());
    admission.connected();
    CHECK_FALSE(admission.crowded());
    CHECK(admission.admit(peer, clock.now()).empty());
    CHECK(admission.crowded());
    CHECK(admission.admit(peer, clock.now()) == "max_clients reached");
    admission.released(peer, true, false);
    CHECK_FALSE(admission.crowded());
    CHECK(admission.clients() == 3);
    CHECK(admission.admit(peer, clock.now()).empty());
}

TEST_CASE("T2: those before connect hold at most half of all places", "[edge][admission]") {
    Admission admission(Options{}, 64);
    base::ManualClock clock;
    for (int i = 0; i < 32; ++i) CHECK(admission.admit(v4("127.0.0.1"), clock.now()).empty());
    CHECK_FALSE(admission.crowded());
    CHECK(admission.admit(v4("127.0.0.1"), clock.now()).empty());
    CHECK(admission.crowded());
}

TEST_CASE("addresses that come once are forgotten", "[edge][admission]") {
    Options options;
    Admission admission(options, 1'000'000);
    base::ManualClock clock;
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        PeerGroup peer{0x0a000000U + i, false, false};
        REQUIRE(admission.admit(peer, clock.now()).empty());
        admission.connected();
        admission.released(peer, true, true);
        clock.advance(1ms);
    }
    CHECK(admission.known_addresses() <= 20'000);
}

TEST_CASE("T7: many addresses with connections are not looked through each time", "[edge][admission]") {
    Options options;
    options.max_before_connect = 100'000;
    Admission admission(options, 100'000);
    base::ManualClock clock;
    const auto address = [](std::uint64_t i) { return PeerGroup{i, true, false}; };
    for (std::uint64_t i = 0; i < 20'000; ++i) REQUIRE(admission.admit(address(i), clock.now()).empty());
    // Millions of looks at all of them would take minutes.
    for (int i = 0; i < 200'000; ++i) admission.may_verify(address(static_cast<std::uint64_t>(i) % 20'000), clock.now());
    CHECK(admission.known_addresses() == 20'000);
    for (std::uint64_t i = 0; i < 20'000; ++i) admission.released(address(i), true, false);
    clock.advance(60s);
    CHECK(admission.admit(address(1), clock.now()).empty());
    CHECK(admission.known_addresses() == 1);
}

TEST_CASE("T54: while memory is short nobody comes in", "[edge][admission]") {
    Admission admission(Options{}, 1000);
    base::ManualClock clock;
    REQUIRE(admission.admit(v4("192.0.2.1"), clock.now()).empty());
    admission.close_for_memory(true);
    CHECK(admission.admit(v4("192.0.2.2"), clock.now()) == "memory is short");
    CHECK(admission.admit_unidentified() == "memory is short");
    CHECK(admission.clients() == 1);
    admission.close_for_memory(false);
    CHECK(admission.admit(v4("192.0.2.2"), clock.now()).empty());
}
