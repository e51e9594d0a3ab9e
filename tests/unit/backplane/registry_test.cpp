// SPDX-License-Identifier: Apache-2.0
#include "backplane/registry.h"

#include <catch2/catch.hpp>

#include "unit/backplane/rig.h"

namespace fairlead::backplane {
namespace {

using test::endpoint;
using test::greeting;
using test::uuid;

struct Fixture {
    Options options;
    test::KeptLog log;
    Registry registry{options, log};

    Greeted greet(std::string_view service, unsigned number, std::vector<wire::Endpoint> endpoints,
                  core::LinkId over = 0) {
        std::string id = uuid(number);
        return registry.greet(greeting(service, id, std::move(endpoints)), over);
    }
};

TEST_CASE("a greeting registers an instance and its topics", "[registry]") {
    Fixture f;
    Greeted greeted = f.greet("orders", 1, {endpoint("orders.create", 8), endpoint("orders.>", 2)});
    REQUIRE(greeted.how == Welcomed::fresh);
    REQUIRE(greeted.instance->link != 0);
    REQUIRE(f.registry.find(greeted.instance->link) == greeted.instance);
    REQUIRE(f.registry.find_route("orders.create")->endpoints.front()->window == 8);
    REQUIRE(f.registry.find_route("orders.delete")->pattern == "orders.>");
    REQUIRE(f.registry.find_route("stock") == nullptr);
}

TEST_CASE("a topic belongs to one service name", "[registry]") {
    Fixture f;
    f.greet("orders", 1, {endpoint("orders.create")});
    Greeted second = f.greet("billing", 2, {endpoint("billing.pay"), endpoint("orders.create")});
    REQUIRE(second.how == Welcomed::refused);
    REQUIRE(second.failure.code == 103);
    REQUIRE(second.failure.message == "topic `orders.create` belongs to service `orders`");
    REQUIRE(f.registry.find_route("billing.pay") == nullptr);
    REQUIRE(f.greet("orders", 3, {endpoint("orders.create")}).how == Welcomed::fresh);
    REQUIRE(f.greet("billing", 4, {endpoint("orders.*")}).how == Welcomed::fresh);
}

TEST_CASE("where instances differ in an option of a topic the newest holds, and that is said once",
          "[registry]") {
    Fixture f;
    wire::Endpoint frame = endpoint("a.*");
    f.greet("s", 1, {frame});
    frame.route_by = "segment:1";
    REQUIRE(f.greet("s", 1, {frame}).how == Welcomed::takeover);
    REQUIRE(f.log.lines.empty());  // nobody else is there
    f.greet("s", 2, {frame});
    REQUIRE(f.log.lines.empty());
    frame.route_by = "user";
    f.greet("s", 3, {frame});
    Route& route = *f.registry.find_pattern("a.*");
    REQUIRE(route.route_by.part == wire::RouteBy::Part::user);
    REQUIRE(f.log.count("option=\"route_by\"") == 1);
    frame.route_by = "client";
    f.greet("s", 4, {frame});
    REQUIRE(route.route_by.part == wire::RouteBy::Part::client);
    REQUIRE(f.log.lines.size() == 1);
    frame.owner = true;
    frame.schema = "v2";
    f.greet("s", 5, {frame});
    REQUIRE(route.owner);
    REQUIRE(route.schema == "v2");
    REQUIRE(f.log.has("option=\"owner\""));
    REQUIRE(f.log.has("option=\"schema\""));
    REQUIRE(f.log.lines.size() == 3);
}

TEST_CASE("of the reserved topics services register hooks only", "[registry]") {
    Fixture f;
    CHECK(f.greet("gate", 1, {endpoint("_hook.connect"), endpoint("_hook.publish.*")}).how ==
          Welcomed::fresh);
    CHECK(f.greet("other", 2, {endpoint("_hook.publish.chat")}).how == Welcomed::fresh);
    CHECK(f.greet("third", 3, {endpoint("_hook.connect")}).how == Welcomed::refused);
    for (const char* topic : {"_x", "_hook", "_hook.>", "_hook.*", "_hook.publish.>"}) {
        INFO(topic);
        const Greeted greeted = f.greet("fourth", 4, {endpoint(topic)});
        CHECK(greeted.how == Welcomed::refused);
        CHECK(greeted.failure.message.find("is the broker's") != std::string::npos);
    }
    CHECK(f.greet("all", 5, {endpoint(">"), endpoint("*.connect")}).how == Welcomed::fresh);
    REQUIRE(f.registry.find_route("_hook.connect")->service == "gate");
    CHECK(f.registry.find_route("_hook.refresh") == nullptr);
}

TEST_CASE("a topic is free again when its last instance is gone", "[registry]") {
    Fixture f;
    Instance& first = *f.greet("orders", 1, {endpoint("orders.create")}).instance;
    f.registry.detach(first);
    f.registry.prune();
    f.registry.erase(first);
    REQUIRE(f.registry.size() == 0);
    REQUIRE(f.greet("billing", 2, {endpoint("orders.create")}).how == Welcomed::fresh);
}

TEST_CASE("a known instance over a new connection keeps its link", "[registry]") {
    Fixture f;
    Greeted first = f.greet("orders", 1, {endpoint("orders.create")});
    Greeted again = f.greet("orders", 1, {endpoint("orders.create")});
    REQUIRE(again.how == Welcomed::takeover);
    REQUIRE(again.instance == first.instance);
    REQUIRE(f.registry.size() == 1);
    REQUIRE(f.registry.find_route("orders.create")->endpoints.size() == 1);
}

TEST_CASE("an instance cannot come back as another service", "[registry]") {
    Fixture f;
    f.greet("orders", 1, {});
    Greeted greeted = f.greet("billing", 1, {});
    REQUIRE(greeted.how == Welcomed::refused);
    REQUIRE(greeted.failure.message == "this instance is registered as service `orders`");
}

TEST_CASE("a second greeting over the same link replaces windows and endpoints", "[registry]") {
    Fixture f;
    Instance& instance = *f.greet("orders", 1, {endpoint("a", 4), endpoint("b", 4)}).instance;
    instance.draining = true;
    Greeted again = f.greet("orders", 1, {endpoint("a", 9), endpoint("c", 4)}, instance.link);
    f.registry.prune();
    REQUIRE(again.how == Welcomed::again);
    REQUIRE(f.registry.find_route("a")->endpoints.front()->window == 9);
    REQUIRE(f.registry.find_route("b") == nullptr);
    REQUIRE(f.registry.find_route("c") != nullptr);
    REQUIRE_FALSE(instance.draining);
}

TEST_CASE("a link cannot become another instance", "[registry]") {
    Fixture f;
    Instance& instance = *f.greet("orders", 1, {}).instance;
    f.greet("orders", 2, {});
    REQUIRE(f.greet("orders", 2, {}, instance.link).how == Welcomed::refused);
    REQUIRE(f.greet("orders", 3, {}, instance.link).how == Welcomed::refused);
}

TEST_CASE("an endpoint that is dropped with requests outstanding lives until they end", "[registry]") {
    Fixture f;
    Instance& instance = *f.greet("orders", 1, {endpoint("a")}).instance;
    instance.endpoints.front()->outstanding = 1;
    f.greet("orders", 1, {}, instance.link);
    REQUIRE(instance.endpoints.size() == 1);
    REQUIRE(instance.endpoints.front()->route == nullptr);
    instance.endpoints.front()->outstanding = 0;
    f.greet("orders", 1, {}, instance.link);
    REQUIRE(instance.endpoints.empty());
}

TEST_CASE("there are only so many links", "[registry]") {
    Fixture f;
    f.options.max_links = 1;
    f.greet("orders", 1, {});
    REQUIRE(f.greet("orders", 2, {}).failure.code == 106);
    REQUIRE(f.greet("orders", 1, {}).how == Welcomed::takeover);
}

TEST_CASE("a group is the service name unless it is set", "[registry]") {
    Fixture f;
    std::string id = uuid(1);
    wire::Greeting frame = greeting("orders", id);
    frame.interests = {{"payments.>", ""}, {"stock.*", "audit"}};
    Instance& instance = *f.registry.greet(frame, 0).instance;
    REQUIRE(instance.interests.at(0).group == "orders");
    REQUIRE(instance.interests.at(1).group == "audit");
}

TEST_CASE("a greeting that is not well-formed is refused with its cause", "[registry]") {
    Fixture f;
    std::string id = uuid(1);
    wire::Greeting frame = greeting("orders", id, {endpoint("orders.create")});
    std::string cause;
    SECTION("service") {
        frame.service = "no good";
        cause = "`no good` is no name of a service";
    }
    SECTION("no service") {
        frame.service = "";
        cause = "`` is no name of a service";
    }
    SECTION("instance") {
        frame.instance = "1234";
        cause = "the instance is no UUID";
    }
    SECTION("topic") {
        frame.endpoints = {endpoint("a..b")};
        cause = "`a..b` is no topic or pattern";
    }
    SECTION("twice") {
        frame.endpoints = {endpoint("a.b"), endpoint("a.b")};
        cause = "`a.b` is named twice";
    }
    SECTION("window") {
        frame.endpoints = {endpoint("a.b", 2'000'000)};
        cause = "the window of `a.b` is over 1,000,000";
    }
    SECTION("route_by") {
        frame.endpoints.front().route_by = "segment:x";
        cause = "route_by of `orders.create` is not known";
    }
    SECTION("an owner of nothing") {
        frame.endpoints.front().owner = true;
        cause = "`orders.create` has owners, but no route_by that says of what";
    }
    SECTION("interest") {
        frame.interests = {{"> .", ""}};
        cause = "`> .` is no topic or pattern";
    }
    SECTION("group") {
        frame.interests = {{"a.b", "*"}};
        cause = "`*` is no name of a group";
    }
    Greeted greeted = f.registry.greet(frame, 0);
    REQUIRE(greeted.how == Welcomed::refused);
    REQUIRE(greeted.failure.code == 107);
    REQUIRE(greeted.failure.message == "the greeting was refused: " + cause);
    REQUIRE(f.registry.size() == 0);
}

}  // namespace
}  // namespace fairlead::backplane
