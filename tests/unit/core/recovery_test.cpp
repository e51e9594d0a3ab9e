// SPDX-License-Identifier: Apache-2.0
#include "world.h"

namespace fairlead::core {
namespace {

Options keeping(std::size_t size, RecoveryMode mode = RecoveryMode::stream) {
    Options options = World::open_options();
    NamespaceOptions& all = options.namespaces.front();
    all.history_size = size;
    all.recovery = mode;
    options.max_recovered = 5;
    options.max_recovered_bytes = 100;
    options.max_history = 4;
    return options;
}

Reached publish(World& world, const std::string& text) {
    return world.broker->publish(Publication{"news", {Encoding::json, text}, {}, {}, 0});
}

std::string texts(const std::vector<PublicationPtr>& publications) {
    std::string all;
    for (const PublicationPtr& each : publications)
        all += each->data.bytes;
    return all;
}

Subscribed subscribe(World& world, std::optional<Missed> missed, ClientKey key = kAnn) {
    world.broker->handle(Subscribe{key, 2, "news", std::move(missed)});
    return world.edge(key).take<Subscribed>();
}

TEST_CASE("a publication is kept with offset, epoch and time, whether or not somebody listens",
          "[recovery]") {
    World world(keeping(10));
    const Reached first = publish(world, "a");
    CHECK(first.offset == 1);
    CHECK(first.epoch == "e1");
    CHECK(first.clients == 0);
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    CHECK(publish(world, "b").offset == 2);
    const Deliver live = world.edges[0].take<Deliver>();
    CHECK(live->offset == 2);
    CHECK(live->time > 0);
    world.broker->handle(Publish{kAnn, 3, "news", {Encoding::json, "c"}});
    CHECK(world.edges[0].take<Deliver>()->offset == 3);
    world.edges[0].take<Published>();
}

TEST_CASE("what nobody could get is not kept either", "[recovery]") {
    World world(keeping(10));
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    world.edges[0].room = false;
    CHECK(publish(world, "a").failure.code == 111);
    CHECK(world.history.tops["news"] == 0);
}

TEST_CASE("a channel without history says nothing of a stream", "[recovery]") {
    World world;
    world.connect(kAnn);
    const Subscribed subscribed = subscribe(world, Missed{3, "e1"});
    CHECK(subscribed.was_recovering);
    CHECK_FALSE(subscribed.stream);
    CHECK(publish(world, "a").offset == 0);
    const Deliver live = world.edges[0].take<Deliver>();
    CHECK(live->offset == 0);
    CHECK(live->time == 0);
}

TEST_CASE("a new subscriber gets the place, and no publications", "[recovery]") {
    World world(keeping(10));
    publish(world, "a");
    world.connect(kAnn);
    const Subscribed subscribed = subscribe(world, std::nullopt);
    CHECK_FALSE(subscribed.was_recovering);
    REQUIRE(subscribed.stream);
    CHECK(subscribed.stream->position.offset == 1);
    CHECK(subscribed.stream->position.epoch == "e1");
    CHECK(subscribed.stream->recoverable);
    CHECK_FALSE(subscribed.stream->recovered);
    CHECK(subscribed.stream->publications.empty());
}

TEST_CASE("a stream is recovered whole or not at all", "[recovery]") {
    World world(keeping(6));
    for (const char* text : {"a", "b", "c", "d", "e", "f", "g", "h"})
        publish(world, text);  // c to h are kept
    world.connect(kAnn);
    struct Row {
        Missed missed;
        bool recovered;
        std::string texts;
    };
    const Row row = GENERATE(Row{{8, "e1"}, true, ""}, Row{{7, "e1"}, true, "h"},
                             Row{{3, "e1"}, true, "defgh"}, Row{{3, ""}, true, "defgh"},  // whichever epoch
                             Row{{7, "e0"}, false, ""},                                   // another epoch
                             Row{{2, "e1"}, false, ""},  // more than one gets
                             Row{{1, "e1"}, false, ""},  // one that is not kept any more
                             Row{{9, "e1"}, false, ""},  // from the future
                             Row{{0, ""}, false, ""});
    INFO(row.missed.offset << " " << row.missed.epoch);
    const Subscribed subscribed = subscribe(world, row.missed);
    CHECK(subscribed.was_recovering);
    CHECK(subscribed.stream->recovered == row.recovered);
    CHECK(texts(subscribed.stream->publications) == row.texts);
    CHECK(subscribed.stream->position.offset == (row.recovered ? row.missed.offset : 8));
    CHECK(subscribed.stream->position.epoch == "e1");
}

TEST_CASE("what is too large for one reply is not recovered", "[recovery]") {
    World world(keeping(6));
    publish(world, std::string(60, 'a'));
    publish(world, std::string(41, 'b'));
    world.connect(kAnn);
    CHECK_FALSE(subscribe(world, Missed{0, "e1"}).stream->recovered);
    world.connect(kBob);
    CHECK(subscribe(world, Missed{1, "e1"}, kBob).stream->recovered);
}

TEST_CASE("the cache mode gives the newest alone", "[recovery]") {
    World world(keeping(1, RecoveryMode::cache));
    world.connect(kAnn);
    const bool any = GENERATE(false, true);
    if (any) {
        publish(world, "a");
        publish(world, "b");
    }
    const auto state = [&](Missed missed) {
        StreamStatePtr stream = subscribe(world, std::move(missed)).stream;
        world.broker->handle(Unsubscribe{kAnn, 3, "news"});
        world.edges[0].take<Unsubscribed>();
        return stream;
    };
    if (!any) {
        CHECK(state({0, "e1"})->recovered);
        CHECK_FALSE(state({1, "e1"})->recovered);
        CHECK_FALSE(state({0, "e0"})->recovered);
        return;
    }
    for (const Missed& missed : {Missed{0, ""}, Missed{1, "e1"}, Missed{7, "e0"}}) {
        const StreamStatePtr stream = state(missed);
        CHECK(stream->recovered);
        CHECK(texts(stream->publications) == "b");
        CHECK(stream->position.offset == 2);
    }
    const StreamStatePtr same = state({2, "e1"});
    CHECK(same->recovered);
    CHECK(same->publications.empty());
}

TEST_CASE("where nothing is recovered, the place is told all the same", "[recovery]") {
    World world(keeping(5, RecoveryMode::none));
    publish(world, "a");
    world.connect(kAnn);
    const Subscribed subscribed = subscribe(world, Missed{0, "e1"});
    CHECK_FALSE(subscribed.stream->recoverable);
    CHECK_FALSE(subscribed.stream->recovered);
    CHECK(subscribed.stream->position.offset == 1);
}

TEST_CASE("a client may have it refused when what it missed cannot be had", "[recovery]") {
    World world(keeping(5));
    publish(world, "a");
    world.connect(kAnn);
    Subscribe command{kAnn, 2, "news", Missed{0, "e0"}};
    command.or_fail = true;
    world.broker->handle(std::move(command));
    CHECK(world.edges[0].take<Failed>().failure.code == 112);
    CHECK(world.broker->counts().channels == 0);
    Subscribe again{kAnn, 3, "news", Missed{0, "e1"}};
    again.or_fail = true;
    world.broker->handle(std::move(again));
    CHECK(world.edges[0].take<Subscribed>().stream->recovered);
    CHECK(world.broker->counts().recovered == 1);
    CHECK(world.broker->counts().unrecovered == 1);
}

TEST_CASE("publications that come while a subscriber recovers are behind what it missed", "[recovery]") {
    World world(keeping(100));
    publish(world, "a");
    world.connect(kAnn);
    world.broker->handle(Subscribe{kAnn, 2, "news", Missed{0, "e1"}});
    publish(world, "b");
    CHECK(texts(world.edges[0].take<Subscribed>().stream->publications) == "a");
    CHECK(world.edges[0].take<Deliver>()->offset == 2);
    CHECK(world.silent());
}

TEST_CASE("channels of a connection token are recovered with connect", "[recovery]") {
    World world(keeping(10));
    publish(world, "a");
    publish(world, "b");
    Claims claims = World::user_claims("ann");
    claims.channels = {"news", "other"};
    auto connect = World::connect_command(kAnn, claims);
    connect->positions = {{"news", {1, "e1"}}, {"strange", {1, "e1"}}};
    world.broker->handle(std::move(connect));
    const auto connected = world.edges[0].take<std::unique_ptr<Connected>>();
    REQUIRE(World::names_of(*connected) == std::vector<std::string>{"user:ann", "news", "other"});
    CHECK(connected->channels[0].stream);
    CHECK_FALSE(connected->channels[0].was_recovering);
    CHECK(connected->channels[1].was_recovering);
    CHECK_FALSE(connected->channels[2].was_recovering);
    CHECK(connected->channels[1].stream->recovered);
    CHECK(texts(connected->channels[1].stream->publications) == "b");
    CHECK(connected->channels[2].stream->position.offset == 0);
    CHECK(world.broker->counts().recovered == 1);
    CHECK(world.broker->counts().unrecovered == 0);
}

TEST_CASE("history is read from either end", "[recovery]") {
    World world(keeping(6));
    for (const char* text : {"a", "b", "c", "d", "e", "f"})
        publish(world, text);
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    const auto read = [&](std::int32_t limit, std::optional<Missed> since, bool reverse) {
        Query query{kAnn, 5, Query::Kind::history, "news"};
        query.limit = limit;
        query.since = std::move(since);
        query.reverse = reverse;
        world.broker->handle(std::move(query));
        const auto answer = world.edges[0].take<std::unique_ptr<HistoryRead>>();
        CHECK(answer->id == 5);
        CHECK(answer->stored.top.offset == 6);
        CHECK(answer->stored.top.epoch == "e1");
        return texts(answer->stored.publications);
    };
    CHECK(read(0, std::nullopt, false).empty());
    CHECK(read(2, std::nullopt, false) == "ab");
    CHECK(read(-1, std::nullopt, false) == "abcd");  // as many as one answer may have
    CHECK(read(100, Missed{3, "e1"}, false) == "def");
    CHECK(read(2, std::nullopt, true) == "fe");
    CHECK(read(-1, Missed{3, "e1"}, true) == "ba");

    const auto error = [&](std::optional<Missed> since, bool reverse) {
        Query query{kAnn, 5, Query::Kind::history, "news"};
        query.since = std::move(since);
        query.reverse = reverse;
        world.broker->handle(std::move(query));
        return world.edges[0].take<Failed>().failure.code;
    };
    CHECK(error(Missed{3, "e0"}, false) == 112);
    CHECK(error(Missed{0, ""}, true) == 107);
}

TEST_CASE("an answer to history is bounded in bytes, and has one publication at least", "[recovery]") {
    World world(keeping(6));
    for (const std::size_t size : {150U, 60U, 60U})
        publish(world, std::string(size, 'x'));
    world.connect(kAnn);
    world.subscribe(kAnn, "news");
    const auto count = [&](std::uint64_t since) {
        Query query{kAnn, 5, Query::Kind::history, "news"};
        query.limit = 10;
        query.since = Missed{since, ""};
        world.broker->handle(std::move(query));
        return world.edges[0].take<std::unique_ptr<HistoryRead>>()->stored.publications.size();
    };
    CHECK(count(0) == 1);
    CHECK(count(1) == 1);
    CHECK(count(2) == 1);
}

}  // namespace
}  // namespace fairlead::core
