// SPDX-License-Identifier: Apache-2.0
// T10 to T19, T25, T39: what a byte that somebody sends makes the broker hold.
#include <functional>
#include <iomanip>
#include <iostream>

#include "abuse/table.h"
#include "faults/dealer.h"
#include "support/certificates.h"
#include "support/footprint.h"
#include "support/parties.h"
#include "support/raw.h"

namespace fairlead::abuse {
namespace {

using support::Broker;
using support::kMiB;
using support::kPatience;
using support::Raw;

constexpr double kMostABytes = 10.0;
constexpr std::size_t kPeers = 32;

/// What one input grew the broker by. `bytes` are all that were sent, by all peers.
struct Figure {
    std::string name;
    std::size_t bytes = 0;
    double grown = 0;
};

void print_and_check(const Figure& figure) {
    const double ratio = figure.grown / static_cast<double>(figure.bytes);
    std::cout << std::left << std::setw(52) << figure.name << std::right << std::setw(10) << figure.bytes
              << std::setw(10) << static_cast<long>(figure.grown) << std::setw(8) << std::fixed
              << std::setprecision(2) << ratio << '\n';
    INFO(figure.name);
    CHECK(ratio <= kMostABytes);
}

/// Plays something against a broker, and says by how much its resident memory grew at most meanwhile.
double growth_of(pid_t pid, const std::function<void()>& play) {
    const auto before = static_cast<double>(support::footprint_of(pid).resident);
    support::forget_peak(pid);
    play();
    return static_cast<double>(support::footprint_of(pid).peak_resident) - before;
}

std::string many(std::size_t bytes, const std::string& part) {
    return repeated(bytes / part.size(), part);
}

/// A list of JSON of about so many bytes.
std::string list_of(std::size_t bytes, const std::string& value) {
    std::string list = many(bytes, value + ",");
    list.back() = ']';
    return '[' + list;
}

std::string rpc(const std::string& topic, const std::string& data) {
    return text(R"({"id":9,"rpc":{"method":")" + topic + R"(","data":)" + data + "}}");
}

std::string lines(int count, const std::function<std::string(int)>& line) {
    std::string all;
    for (int i = 0; i < count; ++i)
        all += line(i) + '\n';
    all.pop_back();
    return all;
}

// ---- clients
// ----------------------------------------------------------------------------------------------------

struct ClientInput {
    std::string name;
    std::string bytes;
    bool connected = true;  // else they come right after the upgrade
};

constexpr std::size_t kMost = kMaxMessageBytes - 256;

std::vector<ClientInput> client_inputs() {
    const std::string name(240, 'n');
    return {
        {"a command of 64 KiB", text(command_of(kMost))},
        {"a message in 64 fragments", frame(kMore, kText, "{") +
                                          repeated(62, frame(kMore, kContinuation, std::string(1000, ' '))) +
                                          frame(kFinal, kContinuation, "}")},
        {"a message that is not ended", frame(kMore, kText, std::string(kMost, ' '))},
        {"empty fragments", many(kMost, frame(kMore, kContinuation, ""))},
        {"pings", many(kMost, frame(kFinal, kPing, "ping"))},
        {"pongs", many(kMost, frame(kFinal, kPong, "pong"))},
        {"a binary message", frame(kFinal, kBinary, std::string(kMost, 'b'))},
        {"text that is no UTF-8", text(std::string(kMost, '\xff'))},
        {"published: deep nesting", text(publish(std::string(kMost, '[')))},
        {"published: a string of escapes", text(publish('"' + many(kMost, "\\u0001") + '"'))},
        {"published: a list of small numbers", text(publish(list_of(kMost, "0")))},
        {"published: white space", text(publish(std::string(kMost, ' ') + "0"))},
        {"asked: a list of small numbers", rpc("none.there", list_of(kMost, "0"))},
        {"asked: a list of fractions", rpc("none.there", list_of(kMost, "1e9"))},
        {"asked: a list of empty lists", rpc("none.there", list_of(kMost, "[]"))},
        {"asked: a list of empty objects", rpc("none.there", list_of(kMost, "{}"))},
        {"asked: a string of escapes", rpc("none.there", '"' + many(kMost, "\\u0001") + '"')},
        {"asked of a silent service: a list of small numbers", rpc("silent", list_of(kMost, "0"))},
        {"asked of a silent service: a list of fractions", rpc("silent", list_of(kMost, "1e9"))},
        {"a topic of 64 KiB", rpc(std::string(kMost, 't'), "0")},
        {"a channel of 64 KiB",
         text(R"({"id":9,"subscribe":{"channel":")" + std::string(kMost, 'c') + R"("}})")},
        {"128 subscriptions with long names", text(lines(128,
                                                         [&](int i) {
                                                             return R"({"id":)" + std::to_string(i + 10) +
                                                                    R"(,"subscribe":{"channel":"x:)" + name +
                                                                    std::to_string(i) + R"("}})";
                                                         }))},
        {"two messages of 210 subscriptions with short names",
         repeated(2, text(lines(210,
                                [](int i) {
                                    return R"({"id":)" + std::to_string(i + 10) +
                                           R"(,"subscribe":{"channel":")" + std::to_string(i) + R"("}})";
                                })))},
        {"commands that are refused", repeated(4, text(lines(200,
                                                             [](int i) {
                                                                 return R"({"id":)" + std::to_string(i + 10) +
                                                                        R"(,"rpc":{"method":"x","data":0}})";
                                                             })))},
        {"commands that are answered", repeated(4, text(lines(200,
                                                              [](int i) {
                                                                  return R"({"id":)" +
                                                                         std::to_string(i + 10) +
                                                                         R"(,"unsubscribe":{"channel":"a"}})";
                                                              })))},
        {"a subscription token of 60 KiB",
         text(R"({"id":9,"subscribe":{"channel":"a","token":")" + std::string(60'000, 't') + R"("}})")},
        {"a token of 60 KiB", text(R"({"id":1,"connect":{"token":")" + std::string(60'000, 't') + R"("}})"),
         false},
        {"a token of 60 KiB, dotted",
         text(R"({"id":1,"connect":{"token":")" + many(60'000, "ey.") + R"("}})"), false},
        {"connect data: a list of fractions",
         text(R"({"id":1,"connect":{"data":)" + list_of(60'000, "1e9") + "}}"), false},
        {"a client name of 60 KiB",
         text(R"({"id":1,"connect":{"name":")" + std::string(60'000, 'n') + R"("}})"), false},
    };
}

/// Each peer sends all but the last byte, then each the last: nothing of it can be done with before all of it
/// is there.
Figure play(const ClientInput& input) {
    Broker broker;
    const pid_t pid = broker.process().pid();
    support::Inbox<Responder> held;
    Service service{"silent", "1.0.0", support::behind(broker)};
    service.on("silent", [&](Request& request, const Value&) {
        held.put(request.defer());
        return Value();
    });
    support::join(service);
    std::vector<client::WebSocket> peers;
    for (std::size_t i = 0; i < kPeers; ++i) {
        auto socket = client::WebSocket::open(broker.websocket_url());
        REQUIRE(socket);
        if (input.connected) {
            REQUIRE(socket->send_text(R"({"connect":{},"id":1})"
                                      "\n"
                                      R"({"subscribe":{"channel":"echo"},"id":2})"));
            REQUIRE(socket->receive(kPatience));
        }
        peers.push_back(std::move(*socket));
    }
    const std::string_view bytes = input.bytes;
    // What comes behind it shows that it was read; a peer that was cut needs no more.
    const std::string last = std::string(bytes.substr(bytes.size() - 1)) + frame(kFinal, kPing, "done");
    const auto settled = [](client::WebSocket& peer) {
        while (true) {
            const auto event = peer.receive(kPatience);
            if (!event) return event.error().fault != client::Fault::timeout;
            using Kind = client::Event::Kind;
            if (event->kind == Kind::close || (event->kind == Kind::pong && event->payload == "done"))
                return true;
        }
    };
    const double grown = growth_of(pid, [&] {
        for (auto& peer : peers)
            (void)peer.send_raw(bytes.substr(0, bytes.size() - 1));
        for (auto& peer : peers)
            (void)peer.send_raw(last);
        for (auto& peer : peers)
            CHECK(settled(peer));
    });
    return {input.name, bytes.size() * kPeers, grown};
}

TEST_CASE("T10 to T19, T25: a client's byte makes the broker hold at most ten", "[amplification]") {
    for (const auto& input : client_inputs())
        print_and_check(play(input));
}

// ---- before the upgrade
// -----------------------------------------------------------------------------------------

struct StrangerInput {
    std::string name;
    std::string bytes;
    bool tls = false;
};

std::vector<StrangerInput> stranger_inputs() {
    const std::string get = "GET /connection/websocket HTTP/1.1\r\nHost: a\r\n";
    // A record with a ClientHello that is as long as is allowed, without its last byte.
    std::string hello("\x16\x03\x01\x3f\xff\x01\x00\x3f\xfb\x03\x03", 11);
    hello.resize(16 * 1024 + 4, 'h');
    return {
        {"a header line without end", get + "X: " + std::string(8'100, 'x')},
        {"64 header lines without end", get + many(8'000, "X-aaaaaaa: " + std::string(110, 'x') + "\r\n")},
        {"a header line of 64 KiB", get + "X: " + std::string(64 * 1024, 'x')},
        {"a line of 64 KiB that never began", std::string(64 * 1024, 'x')},
        {"a body of 64 KiB", get + "Content-Length: 65536\r\n\r\n" + std::string(65536, 'b')},
        {"a ClientHello of 16 KiB", hello, true},
        {"TLS that is none", std::string(64 * 1024, '\x16'), true},
    };
}

TEST_CASE("T2, T3, T4: a stranger's byte makes the broker hold at most ten", "[amplification]") {
    constexpr std::size_t kStrangers = 400;
    const support::Certificates certificates;
    for (const auto& input : stranger_inputs()) {
        Broker broker(
            input.tls
                ? std::vector<std::string>{"--set",
                                           "websocket.tls_certificate_file=" + certificates("server.pem"),
                                           "--set", "websocket.tls_key_file=" + certificates("server.key")}
                : std::vector<std::string>{});
        const pid_t pid = broker.process().pid();
        std::vector<Raw> peers;
        while (peers.size() < kStrangers)
            peers.emplace_back(broker.websocket_url());
        client::ClientOptions options;
        options.websocket.tls.ca_file = certificates("ca.pem");
        CHECK(client::Client::connect(broker.websocket_url(), options));  // so all of them are accepted
        const double grown = growth_of(pid, [&] {
            for (auto& peer : peers)
                (void)peer.send(input.bytes);
            CHECK(client::Client::connect(broker.websocket_url(), options));
        });
        print_and_check({input.name, input.bytes.size() * kStrangers, grown});
    }
}

// ---- services
// ---------------------------------------------------------------------------------------------------

struct ServiceInput {
    std::string name;
    std::function<bool(support::Dealer&)> send;
    std::size_t bytes;
};

constexpr std::size_t kPayload = 250'000;

/// A MessagePack list of that value.
std::string packed_list(const std::string& value) {
    const std::size_t count = kPayload / value.size();
    std::string bytes("\xdd", 1);
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>((count >> shift) & 0xff);
    return bytes + repeated(count, value);
}

template <typename F>
ServiceInput input(std::string name, F made, std::string payload) {
    const std::size_t bytes = payload.size();
    return {std::move(name), [made, payload](support::Dealer& dealer) { return dealer.send(made, payload); },
            bytes};
}

ServiceInput published(std::string name, std::string payload) {
    wire::Publication frame;
    frame.id = 1;
    frame.channel = "news";
    return input("published: " + std::move(name), frame, std::move(payload));
}

std::vector<ServiceInput> service_inputs() {
    wire::Event event;
    event.id = 1;
    event.topic = "nobody.listens";
    wire::Request request;
    request.call = 1;
    request.topic = "nobody.there";
    const std::string bad_header = std::string("\x93\x01\x01", 3) + std::string(60'000, '\x91');
    return {
        published("a string", std::string("\xdb\x00\x03\xd0\x90", 5) + std::string(kPayload, 's')),
        published("a string of control bytes",
                  std::string("\xdb\x00\x03\xd0\x90", 5) + std::string(kPayload, '\x01')),
        published("a list of false", packed_list("\xc2")),
        published("a list of small numbers", packed_list(std::string(1, '\0'))),
        published("a list of fractions", packed_list("\xcb\x3f\xd5\x55\x55\x55\x55\x55\x55")),
        published("a list of empty maps", packed_list("\x80")),
        published("a list that declares four billion",
                  std::string("\xdd\xff\xff\xff\xff") + std::string(kPayload, '\x01')),
        published("deep nesting", std::string(kPayload, '\x91')),
        input("emitted for nobody: a list of false", event, packed_list("\xc2")),
        input("asked: a list of false", request, packed_list("\xc2")),
        {"a header that is deeply nested",
         [=](support::Dealer& dealer) {
             return dealer.send_parts({bad_header, ""});
         },
         bad_header.size()},
    };
}

TEST_CASE("T39: a service's byte makes the broker hold at most ten", "[amplification]") {
    constexpr std::size_t kServices = 16;
    for (const auto& each : service_inputs()) {
        Broker broker;
        const pid_t pid = broker.process().pid();
        auto reader = support::enter(broker);
        support::subscribe(reader, "news");
        std::vector<std::unique_ptr<support::Dealer>> services;
        for (std::size_t i = 0; i < kServices; ++i) {
            services.push_back(std::make_unique<support::Dealer>(broker.backplane_address()));
            const std::string instance = "01234567-89ab-cdef-0123-4567890000" + std::to_string(10 + i);
            const std::string name = "service" + std::to_string(i);
            auto greeting = support::greeting(name, name);
            greeting.instance = instance;
            REQUIRE(services.back()->send(greeting));
            REQUIRE(services.back()->receive<wire::Welcome>());
        }
        const double grown = growth_of(pid, [&] {
            for (auto& service : services)
                CHECK(each.send(*service));
            // Whoever is served behind them all shows that they were read.
            Service behind{"behind", "1.0.0", support::behind(broker)};
            support::join(behind);
        });
        print_and_check({each.name, each.bytes * kServices, grown});
    }
}

}  // namespace
}  // namespace fairlead::abuse
