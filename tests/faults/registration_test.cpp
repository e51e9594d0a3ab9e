// SPDX-License-Identifier: Apache-2.0
// F5 and malformed registrations: refused with a reason, and who was there before does not notice.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <future>

#include "faults/dealer.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

TEST_CASE("a topic belongs to one service: the second one that claims it is refused", "[service]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    const auto* const topic = GENERATE("orders.create", "orders.*", "orders.>");
    Service owner{"orders", "1.0.0", behind(broker)};
    owner.on(topic, [](Request&) { return "owner"; });
    join(owner);

    Inbox<std::string> log;
    Service thief{"thief", "1.0.0", behind(broker, &log)};
    thief.on(topic, [](Request&) { return "thief"; });
    thief.start();
    const auto refused = thief.ready(kPatience);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message, Catch::Contains(topic));
    CHECK_THAT(refused.error().message, Catch::Contains("orders"));
    CHECK(broker.process().wait_for_output("a service was refused", kPatience));

    // What is more specific is another topic, and another instance of the owner is welcome.
    Service other{"other", "1.0.0", behind(broker)};
    other.on("orders.create.now", [](Request&) { return "other"; });
    join(other);
    Service again{"orders", "1.0.1", behind(broker)};
    again.on(topic, [](Request&) { return "owner"; });
    join(again);
    auto client = enter(broker);
    for (int i = 0; i < 10; ++i)
        CHECK(ask(client, "orders.create", "{}").data == R"("owner")");
    CHECK(ask(client, "orders.create.now", "{}").data == R"("other")");

    // Free again when the last instance of the owner has gone.
    CHECK(owner.stop(kPatience));
    CHECK(again.stop(kPatience));
    Service heir{"heir", "1.0.0", behind(broker)};
    heir.on(topic, [](Request&) { return "heir"; });
    join(heir);
    CHECK(ask(client, "orders.create", "{}").data == R"("heir")");
}

TEST_CASE("run() of a service that is refused ends with 1", "[service]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service owner{"orders", "1.0.0", behind(broker)};
    owner.on("orders.create", [](Request&) {});
    join(owner);
    Service thief{"thief", "1.0.0", behind(broker)};
    thief.on("orders.create", [](Request&) {});
    auto status = std::async(std::launch::async, [&] { return thief.run(); });
    // Else it would run until the end of days.
    if (status.wait_for(kPatience) != std::future_status::ready) ::kill(::getpid(), SIGTERM);
    CHECK(status.get() == 1);
}

struct Spoilt {
    const char* name;
    wire::Greeting frame;
};

std::vector<Spoilt> spoilt_greetings() {
    static const std::string long_name(300, 'x');
    static const std::string long_version(1000, '1');
    std::vector<Spoilt> rows;
    const auto add = [&](const char* name, auto&& spoil) {
        auto frame = greeting("broken", "broken.ask");
        spoil(frame);
        rows.push_back({name, frame});
    };
    add("no service name", [](auto& frame) { frame.service = ""; });
    add("a service name with a space", [](auto& frame) { frame.service = "two words"; });
    add("a long service name", [](auto& frame) { frame.service = long_name; });
    add("a long version", [](auto& frame) { frame.version = long_version; });
    add("no instance", [](auto& frame) { frame.instance = ""; });
    add("an instance that is no UUID",
        [](auto& frame) { frame.instance = "01234567x89ab-cdef-0123-456789abcdef"; });
    add("an empty topic", [](auto& frame) { frame.endpoints[0].topic = ""; });
    add("a topic with an empty segment", [](auto& frame) { frame.endpoints[0].topic = "a..b"; });
    add("a topic with a space", [](auto& frame) { frame.endpoints[0].topic = "a b"; });
    add("a long topic", [](auto& frame) { frame.endpoints[0].topic = long_name; });
    add("a > that is not last", [](auto& frame) { frame.endpoints[0].topic = "a.>.b"; });
    add("too many stars", [](auto& frame) { frame.endpoints[0].topic = "*.*.*.*.*"; });
    add("a huge window", [](auto& frame) { frame.endpoints[0].window = 0xffffffff; });
    add("a deadline of weeks",
        [](auto& frame) { frame.endpoints[0].timeout = std::chrono::milliseconds(0xffffffff); });
    add("an unknown route", [](auto& frame) { frame.endpoints[0].route_by = "moon"; });
    add("a topic twice", [](auto& frame) { frame.endpoints.push_back(frame.endpoints[0]); });
    add("too many endpoints", [](auto& frame) { frame.endpoints.resize(600, frame.endpoints[0]); });
    add("a bad interest", [](auto& frame) { frame.interests = {{"a b", "g"}}; });
    add("a bad group", [](auto& frame) { frame.interests = {{"a.b", "g h"}}; });
    add("too many interests", [](auto& frame) { frame.interests.resize(600, {"a.b", "g"}); });
    return rows;
}

TEST_CASE("malformed registrations are refused with a reason", "[service]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    Service healthy{"healthy", "1.0.0", behind(broker)};
    healthy.on("healthy.ask", [](Request&) { return 1; });
    join(healthy);
    for (const auto& row : spoilt_greetings()) {
        CAPTURE(row.name);
        Dealer dealer(broker.backplane_address());
        REQUIRE(dealer.send(row.frame));
        const auto refusal = dealer.receive<wire::Refusal>();
        REQUIRE(refusal);
        CHECK(refusal->code != 0);
        CHECK_FALSE(refusal->reason.empty());
        // The same socket with a right one is taken.
        REQUIRE(dealer.send(greeting("broken", "broken.ask")));
        CHECK(dealer.receive<wire::Welcome>());
        REQUIRE(dealer.send(wire::Goodbye{"done"}));
        CHECK(dealer.receive<wire::Goodbye>());
    }
    auto client = enter(broker);
    CHECK(ask(client, "healthy.ask", "{}").data == "1");
    CHECK(ask(client, "broken.ask", "{}").code == 104);
}

// Such a greeting once held more values than a header might, so it was dropped as malformed: a service with
// 200 endpoints and 3,000 requests running never came back after its connection had broken.
TEST_CASE("the largest greeting that is allowed is taken", "[service]") {
    Broker broker(with_threads(GENERATE(1, 3)));
    auto frame = greeting("large", "large.ask");
    std::vector<std::string> topics;
    for (int i = 0; i < 512; ++i)
        topics.push_back("large." + std::to_string(i));
    frame.endpoints.resize(topics.size(), frame.endpoints[0]);
    frame.interests.resize(topics.size(), {"", "g"});
    for (std::size_t i = 0; i < topics.size(); ++i) {
        frame.endpoints[i].topic = topics[i];
        frame.interests[i].pattern = topics[i];
    }
    for (std::uint64_t call = 0; call < 3000; ++call)
        frame.running.push_back((std::uint64_t{1} << 63) + call);
    Dealer dealer(broker.backplane_address());
    REQUIRE(dealer.send(frame));
    CHECK(dealer.receive<wire::Welcome>());
}

}  // namespace
}  // namespace fairlead::support
