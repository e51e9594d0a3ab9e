// SPDX-License-Identifier: Apache-2.0
// Peers on the backplane that speak nonsense: the broker stays up, its memory flat, and others are served.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>

#include "client/stream.h"
#include "faults/dealer.h"
#include "support/footprint.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

using namespace std::chrono_literals;

std::string header_of(const wire::Frame& frame) {
    std::string header;
    wire::write(frame, header);
    return header;
}

// Messages that break the protocol, none of them a peer's last by itself.
std::vector<std::vector<std::string>> nonsense() {
    const std::string beat = header_of(wire::Heartbeat{});
    return {
        {"garbage", ""},
        {"only one part"},
        {"", ""},
        {"\x92\x01\xa1x", ""},
        {beat + "\x01", ""},
        {beat.substr(0, beat.size() - 1), ""},
        {"\xdd\xff\xff\xff\xff", ""},
        {"\xdf\xff\xff\xff\xff", ""},
        {"\xc6\xff\xff\xff\xff", ""},
        {std::string(20'000, '\x91'), ""},
        {std::string(60'000, '\xdc'), std::string(1000, '\xff')},
        {header_of(wire::Reply{}).substr(0, 2), "x"},
        {beat, "", "odd"},
    };
}

// Messages after which a peer is cut at once.
std::vector<std::vector<std::string>> grave() {
    const std::string beat = header_of(wire::Heartbeat{});
    std::vector<std::string> many;
    for (int i = 0; i < 300; ++i)
        many.insert(many.end(), {beat, ""});
    std::string other_version = beat;
    other_version[1] = 9;
    return {many, {std::string(wire::kMaxHeaderBytes + 1, '\x01'), ""}, {other_version, ""}};
}

void speak_nonsense(const Broker& broker, bool as_service) {
    Dealer dealer(broker.backplane_address());
    if (as_service) {
        REQUIRE(dealer.send(greeting("broken", "broken.ask")));
        REQUIRE(dealer.receive<wire::Welcome>());
    }
    for (int i = 0; i < 3; ++i) {
        for (const auto& message : nonsense())
            REQUIRE(dealer.send_parts(message));
    }
    for (const auto& message : grave())
        REQUIRE(dealer.send_parts(message));
    const auto refusal = dealer.receive<wire::Refusal>();
    REQUIRE(refusal);
    CHECK(refusal->code == 107);
    CHECK_FALSE(refusal->reason.empty());
}

// What is not even ZeroMQ. It ends when the broker has closed or taken it all.
void speak_something_else(const Broker& broker, const std::string& hello) {
    const auto deadline = client::Clock::now() + kPatience;
    auto stream = client::connect_tcp(
        "127.0.0.1", static_cast<std::uint16_t>(std::stoi(port_of(broker.backplane_address()))), deadline);
    REQUIRE(stream);
    (void)(*stream)->write(hello, deadline);
}

TEST_CASE("T39: nonsense on the backplane leaves the broker up and its memory flat", "[service]") {
    const int threads = GENERATE(1, 3);
    Broker broker(with_threads(threads, {"client.commands=10000", "client.commands_burst=10000"}));
    Service healthy{"healthy", "1.0.0", behind(broker)};
    healthy.on("healthy.ask", [](Request&, const Value& value) { return value; });
    join(healthy);
    auto client = enter(broker);
    const auto round = [&](int number) {
        for (const bool as_service : {false, true})
            speak_nonsense(broker, as_service);
        CHECK(ask(client, "healthy.ask", std::to_string(number)).data == std::to_string(number));
        CHECK(ask(client, "broken.ask", "{}").code == 104);
    };
    for (int i = 0; i < 20; ++i)
        round(i);
    const std::size_t before = footprint_of(broker.process().pid()).resident;
    for (int i = 0; i < 80; ++i)
        round(i);
    const std::size_t after = footprint_of(broker.process().pid()).resident;
    const std::size_t grown = after > before ? after - before : 0;
    std::cout << "nonsense, " << threads << " edge threads: " << before / 1024 << " KiB resident, grown by "
              << grown / 1024 << " KiB\n";
    CHECK(before > 0);
    CHECK(grown < 4 * kMiB);
    CHECK(broker.process().wait_for_output("a peer broke the protocol", kPatience));
    CHECK(healthy.stats().reconnects == 0);
}

TEST_CASE("what is not ZeroMQ does not get in and disturbs nobody", "[service]") {
    Broker broker(with_threads(3));
    Service healthy{"healthy", "1.0.0", behind(broker)};
    healthy.on("healthy.ask", [](Request&) { return 1; });
    join(healthy);
    for (int i = 0; i < 20; ++i) {
        speak_something_else(broker, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        speak_something_else(broker, std::string(100'000, '\xff'));
        speak_something_else(broker, std::string(100'000, '\0'));
    }
    auto client = enter(broker);
    CHECK(ask(client, "healthy.ask", "{}").data == "1");
}

TEST_CASE("T33: only the first of two replies counts, and only to what was asked", "[service]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Dealer dealer(broker.backplane_address());
    REQUIRE(dealer.send(greeting("twice", "twice.ask")));
    REQUIRE(dealer.receive<wire::Welcome>());
    auto client = enter(broker);
    for (const std::string& answer : {std::string("\x01"), std::string("\x02"), std::string("\x03")}) {
        const auto id = begin_asking(client, "twice.ask", "{}");
        const auto request = dealer.receive<wire::Request>();
        REQUIRE(request);
        const auto call = request->call;
        CHECK(dealer.send(wire::Reply{call + 1}, "\x07"));
        CHECK(dealer.send(wire::Reply{0}, "\x07"));
        CHECK(dealer.send(wire::Reply{call}, answer));
        CHECK(dealer.send(wire::Reply{call}, "\x08"));
        CHECK(dealer.send(wire::Error{call, 100, "no", false}));
        CHECK(dealer.send(wire::Returned{call, wire::ReturnReason::full}));
        CHECK(hear(client, id).data == std::to_string(static_cast<int>(answer[0])));
    }
}

TEST_CASE("a reply that is no MessagePack, or nothing for JSON, is an error for the one who asked",
          "[service]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Dealer dealer(broker.backplane_address());
    REQUIRE(dealer.send(greeting("broken", "broken.ask")));
    REQUIRE(dealer.receive<wire::Welcome>());
    auto client = enter(broker);
    for (const std::string& payload :
         {std::string("\xc1"), std::string("\x93\x01"), std::string("\x01\x02"), std::string("\xa2\xff\xfe"),
          std::string("\xdd\xff\xff\xff\xff"), std::string("\xc4\x01x"), std::string(200, '\x91') + "\x01",
          std::string("\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", 9)}) {
        CAPTURE(payload);
        const auto id = begin_asking(client, "broken.ask", "{}");
        const auto request = dealer.receive<wire::Request>();
        REQUIRE(request);
        CHECK(dealer.send(wire::Reply{request->call}, payload));
        const auto outcome = hear(client, id);
        CHECK(outcome.code == 100);
        CHECK_FALSE(outcome.temporary);
    }
    const auto id = begin_asking(client, "broken.ask", "{}");
    const auto request = dealer.receive<wire::Request>();
    REQUIRE(request);
    CHECK(dealer.send(wire::Reply{request->call}, "\x2a"));
    CHECK(hear(client, id).data == "42");
}

TEST_CASE("a service that breaks the protocol loses its requests, which say so", "[service]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Dealer dealer(broker.backplane_address());
    REQUIRE(dealer.send(greeting("broken", "broken.ask")));
    REQUIRE(dealer.receive<wire::Welcome>());
    auto client = enter(broker);
    const auto id = begin_asking(client, "broken.ask", "{}");
    REQUIRE(dealer.receive<wire::Request>());
    REQUIRE(dealer.send_parts(grave().back()));
    const auto outcome = hear(client, id);
    CHECK(outcome.code == 100);
    CHECK_THAT(outcome.message, Catch::StartsWith("outcome unknown"));
    CHECK(dealer.receive<wire::Refusal>());
}

TEST_CASE("T30: publications with impossible names are refused with 107", "[service]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Dealer dealer(broker.backplane_address());
    REQUIRE(dealer.send(greeting("broken", "broken.ask")));
    REQUIRE(dealer.receive<wire::Welcome>());
    const std::string long_channel(256, 'x');
    std::uint64_t id = 0;
    for (const std::string_view channel : {std::string_view("a b"), std::string_view(""),
                                           std::string_view(long_channel), std::string_view("a\x01z")}) {
        wire::Publication publication;
        publication.id = ++id;
        publication.channel = channel;
        REQUIRE(dealer.send(publication, "\x01"));
        const auto ack = dealer.receive<wire::Ack>();
        REQUIRE(ack);
        CHECK(ack->id == id);
        CHECK(ack->code == 107);
    }
}

}  // namespace
}  // namespace fairlead::support
