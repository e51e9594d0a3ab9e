// SPDX-License-Identifier: Apache-2.0
#include "world.h"

namespace fairlead::core {
namespace {

TEST_CASE("a push goes to one client by its id", "[control]") {
    World world;
    const std::string ann = world.connect(kAnn);
    world.connect(kBob);
    const Reached reached = world.broker->push(ann, {Encoding::msgpack, "\x01"});
    CHECK(reached.failure.code == 0);
    CHECK(reached.clients == 1);
    const auto message = world.edges[0].take<Message>();
    CHECK(message.client == kAnn);
    CHECK(message.data.bytes == "\x01");
}

TEST_CASE("a push to nobody, or past a full edge, is refused", "[control]") {
    World world;
    const std::string ann = world.connect(kAnn);
    std::string upper = ann;
    for (char& c : upper)
        c = static_cast<char>(std::toupper(c));
    for (const std::string& id : {std::string(), std::string("nobody"), ann.substr(1), ann + "0", upper,
                                  "00000000" + ann.substr(8), ann.substr(0, ann.size() - 1) + "\xff"}) {
        CHECK(world.broker->push(id, {}).failure.code == 104);
    }
    world.edges[0].room = false;
    CHECK(world.broker->push(ann, {}).failure.code == 111);
    CHECK(world.silent());
    world.broker->handle(Disconnected{kAnn, 0, {}});
    CHECK(world.broker->push(ann, {}).failure.code == 104);
}

TEST_CASE("a client is disconnected by its id, and all its commands end there", "[control]") {
    World world;
    const std::string ann = world.connect(kAnn);
    world.subscribe(kAnn, "news");
    world.edges[0].room = false;
    CHECK(world.broker->disconnect_client(ann, 4001, "bye").clients == 1);
    const auto close = world.edges[0].take<CloseClient>();
    CHECK(close.client == kAnn);
    CHECK(close.code == 4001);
    CHECK(close.reason == "bye");
    world.broker->handle(Subscribe{kAnn, 9, "other", {}});
    world.broker->handle(Disconnected{kAnn, 4001, "bye"});
    CHECK(world.silent());
    CHECK(world.broker->counts().channels == 0);
    CHECK(world.broker->disconnect_client(ann, 4001, "bye").clients == 0);
}

TEST_CASE("a close code that is not given is 3503, one that no service may use is refused", "[control]") {
    World world;
    const std::string ann = world.connect(kAnn, "ann");
    for (const std::uint16_t code : std::initializer_list<std::uint16_t>{1, 1000, 1006, 2999, 5000, 65535}) {
        CHECK(world.broker->disconnect_client(ann, code, {}).failure.code == 107);
        CHECK(world.broker->disconnect_user("ann", code, {}).failure.code == 107);
    }
    CHECK(world.silent());
    CHECK(world.broker->disconnect_client(ann, 0, {}).failure.code == 0);
    CHECK(world.edges[0].take<CloseClient>().code == 3503);
}

TEST_CASE("all clients of a user are disconnected, and only they", "[control]") {
    World world(World::open_options(), 2);
    const ClientKey far{1, 4, 1};
    world.connect(kAnn, "ann");
    world.connect(far, "ann");
    world.connect(kBob, "bob");
    world.connect({0, 2, 1});
    CHECK(world.broker->disconnect_user("ann", 3503, {}).clients == 2);
    CHECK(world.edges[0].take<CloseClient>().client == kAnn);
    CHECK(world.edges[1].take<CloseClient>().client == far);
    CHECK(world.silent());
    CHECK(world.broker->counts().clients == 2);
    CHECK(world.broker->counts().users == 1);
    CHECK(world.broker->disconnect_user("ann", 0, {}).clients == 0);
    CHECK(world.broker->disconnect_user("", 0, {}).clients == 0);
}

TEST_CASE("a service subscribes clients, who are told, and ends subscriptions", "[control]") {
    World world;
    const std::string ann = world.connect(kAnn, "ann");
    world.connect(kBob, "ann");
    world.subscribe(kBob, "room");
    CHECK(world.broker->subscribe({{}, "ann"}, "room").clients == 1);
    const auto joined = world.edges[0].take<Joined>();
    CHECK(joined.client == kAnn);
    CHECK(joined.channel == "room");
    CHECK(world.broker->subscribe({ann, {}}, "room").clients == 0);
    CHECK(world.broker->subscribe({"nobody", {}}, "room").clients == 0);
    CHECK(world.subscribe_error(kAnn, "room") == 105);

    CHECK(world.broker->unsubscribe({ann, {}}, "room", 0, "enough").clients == 1);
    const auto dropped = world.edges[0].take<Dropped>();
    CHECK(dropped.code == 2000);
    CHECK(dropped.reason == "enough");
    CHECK(world.broker->unsubscribe({ann, {}}, "room", 0, {}).clients == 0);
    CHECK(world.broker->unsubscribe({{}, "ann"}, "room", 2700, {}).clients == 1);
    CHECK(world.edges[0].take<Dropped>().client == kBob);
    CHECK(world.silent());
}

TEST_CASE("what a service cannot do with subscriptions", "[control]") {
    Options options = World::open_options();
    options.namespaces = {{"room", {Decider::nobody}, {}}};
    options.max_subscriptions = 2;
    World world(options);
    world.connect(kAnn, "ann");
    const Audience ann{{}, "ann"};
    CHECK(world.broker->subscribe(ann, "user:bob").failure.code == 103);
    CHECK(world.broker->subscribe(ann, "other:1").failure.code == 102);
    CHECK(world.broker->subscribe(ann, "a b").failure.code == 107);
    CHECK(world.broker->unsubscribe(ann, "user:ann", 0, {}).failure.code == 103);
    CHECK(world.broker->unsubscribe(ann, "room:1", 1999, {}).failure.code == 107);
    CHECK(world.broker->unsubscribe(ann, "room:1", 3000, {}).failure.code == 107);
    CHECK(world.silent());
    CHECK(world.broker->subscribe(ann, "room:1").clients == 1);
    CHECK(world.broker->subscribe(ann, "room:2").clients == 1);
    CHECK(world.broker->subscribe(ann, "room:3").failure.code == 106);
}

TEST_CASE("what a service subscribed stays when the token is refreshed and when rules are loaded anew", "[control]") {
    World world;
    world.connect(kAnn, "ann");
    world.broker->subscribe({{}, "ann"}, "room");
    world.edges[0].posted.clear();
    Refresh refresh{kAnn, 4, std::make_unique<Claims>(World::user_claims("ann")), {}};
    world.broker->handle(std::move(refresh));
    world.edges[0].take<Refreshed>();
    CHECK(world.silent());
    Options closed = World::open_options();
    closed.namespaces = {{"*", {Decider::nobody}, {Decider::nobody}}};
    world.broker->reload(closed);
    CHECK(world.silent());
    closed.namespaces.clear();
    world.broker->reload(closed);
    CHECK(world.edges[0].take<Dropped>().channel == "room");
}

TEST_CASE("a push to a user reaches all clients that are there", "[control]") {
    World world;
    world.connect(kAnn, "ann");
    world.connect(kBob, "ann");
    CHECK(world.broker->push_user("ann", {Encoding::msgpack, ""}).clients == 2);
    CHECK(world.edges[0].posted.size() == 2);
    CHECK(world.broker->push_user("bob", {Encoding::msgpack, ""}).clients == 0);
    CHECK(world.broker->push_user("", {Encoding::msgpack, ""}).clients == 0);
}

TEST_CASE("all clients go when the broker stops", "[control]") {
    World world(World::open_options(), 2);
    for (std::uint32_t slot = 0; slot < 10; ++slot)
        world.connect({static_cast<EdgeIndex>(slot % 2), slot, 1}, "u");
    world.broker->disconnect_all(3001, "shutdown");
    for (EdgeRecorder& edge : world.edges) {
        CHECK(edge.posted.size() == 5);
        while (!edge.posted.empty())
            CHECK(edge.take<CloseClient>().code == 3001);
    }
    CHECK(world.broker->counts().clients == 0);
    CHECK(world.broker->counts().users == 0);
}

}  // namespace
}  // namespace fairlead::core
