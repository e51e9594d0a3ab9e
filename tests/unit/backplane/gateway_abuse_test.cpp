// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "unit/backplane/gateway_rig.h"
#include "unit/backplane/rig.h"

/// Peers that break the protocol, and listeners that must not be.
namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using test::endpoint;
using test::GatewayRig;
using test::Peer;
using test::Received;

std::string header_of(const wire::Frame& frame) {
    std::string header;
    wire::write(frame, header);
    return header;
}

TEST_CASE("T39: malformed frames are counted and logged with their cause", "[gateway][abuse]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a")});
    std::vector<std::string> parts = GENERATE(values<std::vector<std::string>>({
        {"\xdd\xff\xff\xff\xff", ""},
        {std::string(20'000, '\x91'), ""},
        {"", ""},
        {"garbage", "\x01"},
        {"\x92\x01\xa1x", ""},
        {"only one part"},
        {header_of(wire::Heartbeat{}) + "\x01", ""},
    }));
    peer.send_parts(parts);
    REQUIRE(rig.run_until([&] { return rig.gateway->counts().malformed == 1; }));
    REQUIRE(rig.log.has("a peer broke the protocol service=\"orders\""));
    REQUIRE(rig.gateway->counts().links == 1);
    rig.settle();
}

TEST_CASE("one log line a second, however many frames are malformed", "[gateway][abuse]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.peers.push_back(&peer);
    for (int i = 0; i < 50; ++i)
        peer.send_parts({"garbage", ""});
    REQUIRE(rig.run_until([&] { return rig.gateway->counts().malformed == 50; }));
    std::size_t lines = rig.log.lines.size();
    REQUIRE(lines == 1);
    rig.pass(1000ms);
    peer.send_parts({"garbage", ""});
    REQUIRE(rig.run_until([&] { return rig.log.lines.size() == 2; }));
    REQUIRE(rig.log.has("not_logged=49"));
}

TEST_CASE("a peer with too many faults is cut and not heard for a while", "[gateway][abuse]") {
    Options options = GatewayRig::free_port();
    options.max_faults = 3;
    options.ban = 2s;
    GatewayRig rig(options);
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a")});
    for (int i = 0; i < 4; ++i)
        peer.send_parts({"garbage", ""});
    Received received = rig.next<wire::Refusal>(peer);
    REQUIRE(std::get<wire::Refusal>(received.frame).code == 107);
    REQUIRE(rig.gateway->counts().cut == 1);
    REQUIRE(rig.gateway->counts().links == 0);
    std::uint64_t before = rig.gateway->counts().messages_in;
    rig.greet(peer, "orders", {endpoint("a")});
    REQUIRE(rig.run_until([&] { return rig.gateway->counts().messages_in == before + 1; }));
    REQUIRE(rig.gateway->counts().links == 0);
    rig.pass(2000ms);
    rig.join(peer, "orders", {endpoint("a")});
}

TEST_CASE("T39: messages that are too large cut the peer", "[gateway][abuse]") {
    Options options = GatewayRig::free_port();
    GatewayRig rig(options);
    Peer peer(rig.endpoint());
    rig.join(peer, "orders", {endpoint("a")});
    std::string header = header_of(wire::Publication{});
    std::vector<std::string> parts;
    SECTION("more than 64 pairs") {
        for (int i = 0; i < 65; ++i)
            parts.insert(parts.end(), {header, "\x01"});
    }
    SECTION("more payload than a message may hold") {
        for (int i = 0; i < 3; ++i)
            parts.insert(parts.end(), {header, std::string(100 * 1024, '\x01')});
    }
    SECTION("a header over the limit") {
        parts = {std::string(wire::kMaxHeaderBytes + 1, '\x01'), ""};
    }
    peer.send_parts(parts);
    REQUIRE(rig.run_until([&] { return rig.gateway->counts().links == 0; }));
    REQUIRE(rig.gateway->counts().cut == 1);
    rig.next<wire::Refusal>(peer);
}

TEST_CASE("another version of the protocol is refused with a reason", "[gateway][abuse]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.peers.push_back(&peer);
    std::string header = header_of(wire::Heartbeat{});
    header[1] = 9;
    peer.send_parts({header, ""});
    Received received = rig.next<wire::Refusal>(peer);
    REQUIRE(std::get<wire::Refusal>(received.frame).reason.find("version") != std::string_view::npos);
}

TEST_CASE("kinds of a newer protocol are counted and ignored", "[gateway][abuse]") {
    GatewayRig rig;
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
    peer.send_parts({"\x93\x01\x7f\x01", ""});
    peer.send(wire::Welcome{});
    rig.settle();
    REQUIRE(rig.gateway->counts().unknown_kinds == 1);
    REQUIRE(rig.gateway->counts().unexpected == 1);
    REQUIRE(rig.gateway->counts().malformed == 0);
}

TEST_CASE("T40: a flood of one peer does not keep another from being heard", "[gateway][abuse]") {
    Options options = GatewayRig::free_port();
    options.turn_messages = 10;
    GatewayRig rig(options);
    Peer flood(rig.endpoint(), 1), quiet(rig.endpoint(), 2);
    rig.join(flood, "flood");
    rig.join(quiet, "quiet");
    for (int i = 0; i < 1000; ++i)
        flood.send(wire::Heartbeat{});
    rig.settle();
    REQUIRE(rig.run_until([&] { return rig.gateway->counts().messages_in >= 1004; }));
    REQUIRE(rig.gateway->counts().links == 2);
}

// ---- listeners

struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "fairlead-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

std::string why_not(const std::string& endpoint) {
    asio::io_context io;
    base::SystemClock clock;
    base::SilentLog log;
    Options options;
    options.listen = {endpoint};
    try {
        Gateway gateway(io, options, clock, log, [] {});
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

TEST_CASE("without keys only this machine may connect", "[gateway][listen]") {
    REQUIRE(why_not("tcp://127.0.0.1:*").empty());
    REQUIRE(why_not("tcp://[::1]:*").empty());
    REQUIRE(why_not("tcp://[0:0:0:0:0:0:0:1]:*").empty());
    REQUIRE(why_not("tcp://[::ffff:127.0.0.1]:*").find("only loopback") == std::string::npos);
    for (const char* open :
         {"tcp://0.0.0.0:0", "tcp://*:0", "tcp://192.0.2.1:7000", "tcp://127.evil.example:0", "tcp://[::]:0",
          "tcp://[::ffff:192.0.2.1]:0"}) {
        REQUIRE(why_not(open).find("only loopback") != std::string::npos);
    }
    REQUIRE(why_not("udp://127.0.0.1:1").find("neither tcp:// nor ipc://") != std::string::npos);
    REQUIRE(why_not("tcp://127.0.0.1").find("no port") != std::string::npos);
    REQUIRE(why_not("ipc://@name").find("names no file") != std::string::npos);
}

TEST_CASE("an ipc socket needs a private folder", "[gateway][listen]") {
    Folder folder;
    std::string endpoint = "ipc://" + (folder.path / "socket").string();
    REQUIRE(why_not(endpoint).empty());
    std::filesystem::permissions(folder.path, std::filesystem::perms::group_exec,
                                 std::filesystem::perm_options::add);
    REQUIRE(why_not(endpoint).find("0700") != std::string::npos);
    REQUIRE(why_not("ipc://" + (folder.path / "none" / "socket").string()).find("does not exist") !=
            std::string::npos);
}

TEST_CASE("a second broker on the same endpoint is refused", "[gateway][listen]") {
    Folder folder;
    Options options;
    SECTION("tcp") {
        options.listen = {"tcp://127.0.0.1:*"};
    }
    SECTION("ipc") {
        options.listen = {"ipc://" + (folder.path / "socket").string()};
    }
    GatewayRig rig(options);
    REQUIRE(why_not(rig.endpoint()).find("listens there") != std::string::npos);
    Peer peer(rig.endpoint());
    rig.join(peer, "orders");
}

TEST_CASE("several listeners serve at once", "[gateway][listen]") {
    Folder folder;
    Options options;
    options.listen = {"tcp://127.0.0.1:*", "ipc://" + (folder.path / "socket").string()};
    GatewayRig rig(options);
    Peer one(rig.gateway->bound_endpoints().at(0), 1), two(rig.gateway->bound_endpoints().at(1), 2);
    rig.join(one, "a");
    rig.join(two, "b");
    REQUIRE(rig.gateway->counts().links == 2);
}

}  // namespace
}  // namespace fairlead::backplane
