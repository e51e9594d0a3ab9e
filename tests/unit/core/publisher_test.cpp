// SPDX-License-Identifier: Apache-2.0
#include "core/debts.h"
#include "world.h"

namespace fairlead::core {
namespace {

constexpr ClientKey kFar{1, 0, 1};

Reached publish(World& world, const std::string& channel) {
    return world.broker->publish(Publication{channel, {Encoding::msgpack, "\x01"}, {}, {{"name", "x"}}, 0});
}

TEST_CASE("a publication reaches every edge that has subscribers, once", "[publisher]") {
    World world(World::open_options(), 3);
    world.connect(kAnn);
    world.connect(kBob);
    world.connect(kFar);
    for (ClientKey key : {kAnn, kBob, kFar})
        world.subscribe(key, "news");
    const Reached reached = publish(world, "news");
    CHECK(reached.failure.code == 0);
    CHECK(reached.clients == 3);
    const Deliver near = world.edges[0].take<Deliver>();
    const Deliver far = world.edges[1].take<Deliver>();
    CHECK(near.publication == far.publication);
    CHECK(near->channel == "news");
    CHECK(near->data.encoding == Encoding::msgpack);
    CHECK(near->tags == Tags{{"name", "x"}});
    CHECK_FALSE(near->info);
    CHECK(world.silent());
}

TEST_CASE("a client's publication says who published and comes before its reply", "[publisher]") {
    World world;
    auto connect = World::connect_command(kAnn, World::user_claims("ann"));
    connect->claims->info = R"({"n":1})";
    world.broker->handle(std::move(connect));
    const std::string id = world.edges[0].take<std::unique_ptr<Connected>>()->client_id;
    world.subscribe(kAnn, "news");
    world.broker->handle(Publish{kAnn, 3, "news", {Encoding::json, R"({"a":1.0})"}});
    const Deliver publication = world.edges[0].take<Deliver>();
    CHECK(publication->info->user == "ann");
    CHECK(publication->info->client == id);
    CHECK(publication->info->conn_info == R"({"n":1})");
    CHECK(publication->data.bytes == R"({"a":1.0})");
    CHECK(publication->offset == 0);
    CHECK(world.edges[0].take<Published>().id == 3);
    CHECK(world.silent());
}

TEST_CASE("publications keep their order", "[publisher]") {
    World world(World::open_options(), 2);
    world.connect(kFar);
    world.subscribe(kFar, "news");
    for (int i = 0; i < 1000; ++i) {
        world.broker->publish(Publication{"news", {Encoding::json, std::to_string(i)}, {}, {}, 0});
    }
    for (int i = 0; i < 1000; ++i)
        CHECK(world.edges[1].take<Deliver>()->data.bytes == std::to_string(i));
}

TEST_CASE("if one interested edge has no room, nobody gets the publication", "[publisher]") {
    World world(World::open_options(), 3);
    world.connect(kAnn);
    world.connect(kFar);
    world.subscribe(kAnn, "news");
    world.subscribe(kFar, "news");
    world.edges[1].room = false;
    const Reached refused = publish(world, "news");
    CHECK(refused.failure.code == 111);
    CHECK(refused.failure.temporary);
    CHECK(refused.clients == 0);
    CHECK(world.silent());

    world.broker->handle(Publish{kAnn, 3, "news", {Encoding::json, "1"}});
    const auto failed = world.edges[0].take<Failed>();
    CHECK(failed.failure.code == 111);
    CHECK(world.silent());

    world.edges[1].room = true;
    world.edges[2].room = false;
    CHECK(publish(world, "news").clients == 2);
}

TEST_CASE("a publication that nobody subscribes to is accepted", "[publisher]") {
    World world;
    world.edges[0].room = false;
    const Reached reached = publish(world, "news");
    CHECK(reached.failure.code == 0);
    CHECK(reached.clients == 0);
    world.connect(kAnn);
    world.broker->handle(Publish{kAnn, 3, "news", {Encoding::json, "1"}});
    CHECK(world.edges[0].take<Published>().id == 3);
    CHECK(publish(world, "user:nobody").failure.code == 0);
}

TEST_CASE("T14: a publication carries the rule of its namespace for slow readers", "[publisher]") {
    struct Row {
        std::size_t history_size;
        RecoveryMode recovery;
        SlowReader policy;
        bool recoverable;
    };
    const Row row = GENERATE(Row{0, RecoveryMode::stream, SlowReader::drop_oldest, false},
                             Row{9, RecoveryMode::stream, SlowReader::drop_newest, true},
                             Row{9, RecoveryMode::stream, SlowReader::disconnect, true},
                             Row{9, RecoveryMode::cache, SlowReader::conflate, false},
                             Row{9, RecoveryMode::none, SlowReader::conflate, false});
    Options options = World::open_options();
    NamespaceOptions feed{"feed", {Decider::anyone}, {Decider::anyone}};
    feed.history_size = row.history_size;
    feed.recovery = row.recovery;
    feed.slow_reader = row.policy;
    options.namespaces.push_back(feed);
    World world(options);
    world.connect(kAnn);
    world.subscribe(kAnn, "feed:1");
    world.subscribe(kAnn, "news");
    Publication publication{"feed:1", {Encoding::msgpack, "\x01"}, {}, {}, 0};
    publication.key = "sku";
    world.broker->publish(std::move(publication));
    const Deliver delivered = world.edges[0].take<Deliver>();
    CHECK(delivered->slow_reader == row.policy);
    CHECK(delivered->recoverable == row.recoverable);
    CHECK(delivered->key == "sku");
    publish(world, "news");
    CHECK(world.edges[0].take<Deliver>()->slow_reader == SlowReader::disconnect);
}

TEST_CASE("publishing is refused by name, namespace and rule", "[publisher]") {
    Options options;
    options.anonymous = true;
    options.namespaces = {
        {"open", {}, {Decider::anyone}}, {"named", {}, {Decider::user}}, {"shut", {Decider::anyone}, {}}};
    World world(options);
    world.connect(kAnn);
    world.connect(kBob, "bob");
    CHECK(world.publish_error(kAnn, "") == 107);
    CHECK(world.publish_error(kAnn, "open:\n") == 107);
    CHECK(world.publish_error(kAnn, "other:x") == 102);
    CHECK(world.publish_error(kAnn, "plain") == 102);
    CHECK(world.publish_error(kAnn, "named:x") == 103);
    CHECK(world.publish_error(kAnn, "shut:x") == 103);
    CHECK(world.publish_error(kBob, "user:bob") == 103);
    CHECK(world.publish_error(kBob, "user:ann") == 103);
    world.broker->handle(Publish{kBob, 3, "named:x", {Encoding::json, "1"}});
    world.edges[0].take<Published>();
}

TEST_CASE("a service publishes in every configured namespace and to every user", "[publisher]") {
    Options options;
    options.namespaces = {{"shut", {}, {}}};
    World world(options);
    CHECK(publish(world, "shut:x").failure.code == 0);
    CHECK(publish(world, "user:ann").failure.code == 0);
    CHECK(publish(world, "user:").failure.code == 107);
    CHECK(publish(world, "").failure.code == 107);
    CHECK(publish(world, "shut:a b").failure.code == 107);
    CHECK(publish(world, "other:x").failure.code == 102);
    CHECK(publish(world, "plain").failure.code == 102);
}

TEST_CASE("a publication after a subscribe reply, none before it", "[publisher]") {
    World world;
    world.connect(kAnn);
    publish(world, "news");
    world.broker->handle(Subscribe{kAnn, 2, "news", {}});
    publish(world, "news");
    world.edges[0].take<Subscribed>();
    world.edges[0].take<Deliver>();
    CHECK(world.silent());
}

TEST_CASE("T20: who publishes pays for all who get it", "[publisher]") {
    Options options = World::open_options();
    options.max_fanout_per_second = 64 * 1024;
    World world(options, 2);
    const std::string text = "\"" + std::string(1000, 'x') + "\"";
    const auto publish_once = [&](ClientKey key) {
        world.broker->handle(Publish{key, 3, "news", {Encoding::json, text}});
    };
    world.connect(kBob);
    const int subscribers = GENERATE(0, 1, 64);
    for (int i = 0; i < subscribers; ++i) {
        const ClientKey reader{1, static_cast<std::uint32_t>(i), 1};
        world.connect(reader);
        world.subscribe(reader, "news");
    }
    int accepted = 0;
    for (; accepted < 1000; ++accepted) {
        publish_once(kBob);
        if (std::holds_alternative<Failed>(world.edges[0].posted.front())) break;
        world.edges[0].take<Published>();
        if (subscribers > 0) world.edges[1].take<Deliver>();
    }
    // A second's worth, and the one that goes beyond it.
    CHECK(accepted == (subscribers == 0 ? 1000 : subscribers == 1 ? 62 : 1));
    if (subscribers == 0) return;
    const auto failed = world.edges[0].take<Failed>();
    CHECK(failed.failure.code == 111);
    CHECK(failed.failure.temporary);

    world.connect(kAnn);
    publish_once(kAnn);
    world.edges[0].take<Published>();  // others are not touched
    world.edges[1].take<Deliver>();

    world.clock.advance(std::chrono::seconds(2));
    publish_once(kBob);
    world.edges[0].take<Published>();
}

TEST_CASE("T20: a debt outlives the client, and is the user's or the address's", "[publisher]") {
    Options options = World::open_options();
    options.max_fanout_per_second = 1000;
    World world(options, 2);
    const ClientKey reader{1, 0, 1};
    world.connect(reader);
    world.subscribe(reader, "news");
    std::uint32_t generation = 0;
    const auto code = [&](const std::string& user, const std::string& address) {
        const ClientKey key{0, 9, ++generation};
        std::optional<Claims> claims;
        if (!user.empty()) claims = World::user_claims(user);
        auto connect = World::connect_command(key, std::move(claims));
        connect->address = address;
        world.broker->handle(std::move(connect));
        world.edges[0].take<std::unique_ptr<Connected>>();
        world.broker->handle(Publish{key, 3, "news", {Encoding::json, std::string(5000, 'x')}});
        const bool refused = std::holds_alternative<Failed>(world.edges[0].posted.front());
        world.edges[0].posted.clear();
        world.broker->handle(Disconnected{key, 0, {}});
        return refused ? 111 : 0;
    };
    CHECK(code("ann", "203.0.113.7") == 0);
    CHECK(code("ann", "203.0.113.8") == 111);
    CHECK(code("bob", "203.0.113.7") == 0);
    CHECK(code("", "203.0.113.7") == 0);
    CHECK(code("", "203.0.113.7") == 111);
    CHECK(code("", "203.0.113.8") == 0);
    CHECK(code("", "2001:db8:0:1::1") == 0);
    CHECK(code("", "2001:db8:0:1:ffff::2") == 111);
    CHECK(code("", "2001:db8:0:2::1") == 0);
    CHECK(code("", "127.0.0.1") == 0);  // perhaps a proxy's: each client for itself
    CHECK(code("", "127.0.0.1") == 0);
    world.clock.advance(std::chrono::seconds(6));
    world.broker->tick();
    CHECK(code("ann", "203.0.113.7") == 0);
}

TEST_CASE("T20: paid debts are forgotten", "[publisher]") {
    Debts debts;
    base::ManualClock clock;
    for (int i = 0; i < 100; ++i)
        debts.add(std::to_string(i), i < 50 ? 1 : 100, 1, clock.now());
    clock.advance(std::chrono::seconds(10));
    debts.tick(clock.now());
    CHECK(debts.size() == 50);
    CHECK(debts.too_high("99", clock.now()));
    CHECK_FALSE(debts.too_high("1", clock.now()));
}

TEST_CASE("T20: one act too large shuts a publisher out for an hour at the most", "[publisher]") {
    Debt debt;
    base::ManualClock clock;
    debt.add(1e300, 1, clock.now());
    CHECK(debt.too_high(clock.now()));
    clock.advance(std::chrono::hours(1));
    CHECK_FALSE(debt.too_high(clock.now()));
}

}  // namespace
}  // namespace fairlead::core
