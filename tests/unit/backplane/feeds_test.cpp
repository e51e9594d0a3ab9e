// SPDX-License-Identifier: Apache-2.0
#include "backplane/feeds.h"

#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "wire/session_event.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using core::Subjects;
using Kind = core::SessionEvent::Kind;

constexpr const char* kKinds[] = {"?",       "opened",   "resumed",   "closed",    "online",
                                  "offline", "occupied", "vacated",   "sessions{", "}sessions",
                                  "users{",  "}users",   "channels{", "}channels"};

class KeptLog final : public base::Log {
public:
    bool enabled(base::LogLevel) const noexcept override { return true; }
    void write(base::LogLevel, std::string_view message, base::LogFields) noexcept override {
        lines.emplace_back(message);
    }
    std::vector<std::string> lines;
};

struct Batch {
    Instance* to;
    std::string group;
    std::uint64_t first;
    std::vector<std::string> events;  ///< "opened u1", "channels{"; a `*` behind one of a snapshot
};

class Outlet final : public FeedOutlet {
public:
    void send_told(Instance& instance, const wire::Told& frame, std::string&& payload) override {
        std::vector<wire::SessionEvent> events;
        REQUIRE(reader_.read(payload, events));
        REQUIRE(events.size() == frame.count);
        REQUIRE(payload.size() <= wire::kMaxToldBytes);
        Batch batch{&instance, std::string(frame.group), frame.first, {}};
        for (const wire::SessionEvent& event : events) {
            std::string text = kKinds[event.kind];
            text += event.user.empty() && event.channel.empty() ? "" : " ";
            text.append(event.user).append(event.channel).append(event.replayed ? "*" : "");
            batch.events.push_back(text);
        }
        batches.push_back(std::move(batch));
    }
    core::SnapshotPage snapshot(Subjects subjects, std::uint64_t from, std::size_t max_events) override {
        ++pages;
        core::SnapshotPage page;
        const std::vector<std::string>& all = there[subjects];
        for (std::size_t i = from; i < all.size() && page.events.size() < max_events; ++i) {
            core::SessionEvent& event = page.events.emplace_back();
            event.kind = subjects == Subjects::sessions ? Kind::opened
                         : subjects == Subjects::users  ? Kind::online
                                                        : Kind::occupied;
            (subjects == Subjects::channels ? event.channel : event.user) = all[i];
        }
        page.next = from + page.events.size() < all.size() ? from + page.events.size() : 0;
        return page;
    }
    std::deque<Batch> batches;
    std::map<Subjects, std::vector<std::string>> there;
    int pages = 0;

private:
    wire::ToldReader reader_;
};

struct Fixture {
    explicit Fixture(FeedsOptions options = {}) : feeds(clock, log, outlet, options) {}

    void join(Instance& instance, std::vector<Interest> interests = {{"_session", "g"}}) {
        instance.interests = std::move(interests);
        instance.draining = false;
        feeds.join(instance);
    }
    void drain(Instance& instance) {
        instance.draining = true;
        feeds.drain(instance);
    }
    void happens(Kind kind, std::string who, std::size_t bytes = 0) {
        core::SessionEvent event;
        event.kind = kind;
        (core::subjects_of(kind) == Subjects::channels ? event.channel : event.user) = std::move(who);
        event.meta = std::string(bytes, '\xc0');
        feeds.tell(event);
    }
    void pass(std::chrono::milliseconds time) {
        clock.advance(time);
        feeds.tick();
    }
    Batch next() {
        REQUIRE_FALSE(outlet.batches.empty());
        Batch batch = std::move(outlet.batches.front());
        outlet.batches.pop_front();
        return batch;
    }
    /// The next batch is for this instance and holds that; it is acknowledged.
    void hears(Instance& instance, const std::vector<std::string>& events) {
        const Batch batch = next();
        CHECK(batch.to == &instance);
        CHECK(batch.events == events);
        CHECK(feeds.heard(instance, batch.group, batch.first + batch.events.size() - 1));
    }

    base::ManualClock clock;
    KeptLog log;
    Outlet outlet;
    Feeds feeds;
};

TEST_CASE("a group that is new is told what there is, then what happens", "[feeds]") {
    Fixture f;
    f.outlet.there[Subjects::sessions] = {"a", "b"};
    f.outlet.there[Subjects::channels] = {"c"};
    Instance one;
    CHECK_FALSE(f.feeds.listens(Subjects::sessions));
    f.join(one, {{"_session", "g"}, {"orders.created", "g"}, {"_channel", "g"}});
    CHECK(f.feeds.listens(Subjects::sessions));
    CHECK(f.feeds.listens(Subjects::channels));
    CHECK_FALSE(f.feeds.listens(Subjects::users));
    f.hears(one,
            {"sessions{", "opened a*", "opened b*", "}sessions", "channels{", "occupied c*", "}channels"});
    f.happens(Kind::closed, "a");
    f.happens(Kind::offline, "a");
    f.happens(Kind::vacated, "c");
    CHECK(f.outlet.batches.empty());
    f.pass(50ms);
    f.hears(one, {"closed a", "vacated c"});
}

TEST_CASE("what happens within 50 ms goes together, also while acknowledgements come", "[feeds]") {
    Fixture f;
    Instance one;
    f.join(one);
    f.pass(50ms);
    const Batch snapshot = f.next();
    for (int i = 0; i < 4; ++i) {
        f.happens(Kind::opened, "a");
        f.pass(10ms);
        f.feeds.heard(one, "g", snapshot.first);
    }
    CHECK(f.outlet.batches.empty());
    f.pass(10ms);
    f.hears(one, {"opened a", "opened a", "opened a", "opened a"});
}

TEST_CASE("each group has its own numbers, and one reader", "[feeds]") {
    Fixture f;
    Instance one, two, other;
    f.join(one);
    f.join(two);
    f.join(other, {{"_session", "h"}});
    f.hears(one, {"sessions{", "}sessions"});
    f.hears(other, {"sessions{", "}sessions"});
    for (int i = 0; i < 3; ++i) {
        f.happens(Kind::opened, "a");
        f.pass(50ms);
        f.hears(one, {"opened a"});
        CHECK(f.outlet.batches.front().first == 3u + static_cast<unsigned>(i));
        f.hears(other, {"opened a"});
    }
    CHECK(f.outlet.batches.empty());
}

TEST_CASE("the next reader is told again what was not heard, and what there is", "[feeds]") {
    Fixture f;
    Instance one, two;
    f.join(one);
    f.join(two);
    f.hears(one, {"sessions{", "}sessions"});
    f.happens(Kind::opened, "a");
    f.happens(Kind::opened, "b");
    f.pass(50ms);
    CHECK(f.next().first == 3);
    f.feeds.heard(one, "g", 3);
    f.happens(Kind::opened, "c");
    f.outlet.there[Subjects::sessions] = {"a", "b", "c"};
    f.feeds.leave(one);
    const Batch again = f.next();
    CHECK(again.to == &two);
    CHECK(again.first == 4);
    CHECK(again.events == std::vector<std::string>{"opened b", "opened c", "sessions{", "opened a*",
                                                   "opened b*", "opened c*", "}sessions"});
}

TEST_CASE("who greets again is told again what was not heard, without a snapshot", "[feeds]") {
    Fixture f;
    Instance one;
    f.join(one);
    f.hears(one, {"sessions{", "}sessions"});
    f.happens(Kind::opened, "a");
    f.pass(50ms);
    f.next();
    f.join(one);
    f.hears(one, {"opened a"});
    CHECK(f.outlet.batches.empty());
    f.join(one);
    CHECK(f.outlet.batches.empty());
}

TEST_CASE("a draining reader may hear what it has, and gets nothing new", "[feeds]") {
    Fixture f;
    Instance one, two;
    f.join(one);
    f.join(two);
    f.hears(one, {"sessions{", "}sessions"});
    f.happens(Kind::opened, "a");
    f.pass(50ms);
    const Batch had = f.next();
    f.drain(one);
    f.happens(Kind::opened, "b");
    f.pass(50ms);
    CHECK(f.outlet.batches.empty());
    SECTION("it hears it: nothing is told twice") {
        f.feeds.heard(one, "g", had.first);
        f.hears(two, {"opened b", "sessions{", "}sessions"});
    }
    SECTION("it does not, for two seconds") {
        f.pass(1900ms);
        CHECK(f.outlet.batches.empty());
        f.pass(100ms);
        f.hears(two, {"opened a", "opened b", "sessions{", "}sessions"});
        CHECK(f.feeds.heard(one, "g", had.first));
        CHECK(f.feeds.counts().late == 1);
    }
    SECTION("it leaves") {
        f.feeds.leave(one);
        f.hears(two, {"opened a", "opened b", "sessions{", "}sessions"});
    }
}

TEST_CASE("a group without instance keeps its feed for a while", "[feeds]") {
    Fixture f;
    Instance one, next;
    f.join(one);
    f.hears(one, {"sessions{", "}sessions"});
    f.feeds.leave(one);
    f.happens(Kind::opened, "a");
    CHECK(f.feeds.counts().orphans == 1);
    SECTION("it comes back in time") {
        f.pass(10min - 1ms);
        CHECK(f.feeds.listens(Subjects::sessions));
        f.join(next);
        f.hears(next, {"opened a", "sessions{", "}sessions"});
    }
    SECTION("it comes too late, as one that is new") {
        f.pass(10min);
        CHECK_FALSE(f.feeds.listens(Subjects::sessions));
        CHECK(f.feeds.counts().groups == 0);
        f.join(next);
        CHECK(f.outlet.batches.front().first == 5);  // 3 was never told, and a gap shows it
        f.hears(next, {"sessions{", "}sessions"});
    }
}

TEST_CASE("of too many groups without instance the oldest is forgotten", "[feeds]") {
    FeedsOptions options;
    options.max_orphans = 2;
    Fixture f(options);
    std::deque<Instance> all(3);
    for (std::size_t i = 0; i < 3; ++i)
        f.join(all[i], {{"_user", "g" + std::to_string(i)}});
    for (std::size_t i : {1u, 0u, 2u}) {
        f.pass(1s);
        f.feeds.leave(all[i]);
    }
    CHECK(f.feeds.counts().orphans == 2);
    CHECK(f.feeds.counts().forgotten == 1);
    f.outlet.batches.clear();
    Instance back;
    f.join(back, {{"_user", "g1"}});
    CHECK(f.next().events.front() == "users{");
}

FeedsOptions small() {
    FeedsOptions options;
    options.feed.backlog_bytes = 1000;
    options.feed.window_bytes = 500;
    options.page_events = 2;
    return options;
}

TEST_CASE("a backlog that is too large gives way to a snapshot", "[feeds]") {
    Fixture f(small());
    Instance one;
    f.join(one);
    f.hears(one, {"sessions{", "}sessions"});
    f.happens(Kind::opened, "a");
    f.pass(50ms);
    const Batch had = f.next();
    for (int i = 0; i < 50; ++i)
        f.happens(Kind::opened, "b");
    CHECK(f.log.lines.size() == 1);
    CHECK(f.feeds.counts().dropped > 5);
    f.outlet.there[Subjects::sessions] = {"a", "b", "c"};
    f.pass(50ms);
    // Nothing is made as long as it hears nothing.
    CHECK(f.outlet.batches.empty());
    CHECK(f.outlet.pages == 1);
    f.feeds.heard(one, "g", had.first);
    CHECK(f.outlet.batches.front().first > had.first + 1);
    f.hears(one, {"sessions{", "opened a*", "opened b*"});
    f.hears(one, {"opened c*", "}sessions"});
    f.happens(Kind::closed, "b");
    f.pass(50ms);
    f.hears(one, {"closed b"});
}

TEST_CASE("a loss is logged once until a snapshot is complete", "[feeds]") {
    Fixture f(small());
    const auto flood = [&] {
        for (int i = 0; i < 50; ++i)
            f.happens(Kind::opened, "x");
    };
    f.outlet.there[Subjects::sessions] = {"a", "b", "c"};
    Instance one;
    f.join(one);
    flood();
    f.feeds.heard(one, "g", f.next().first + 2);
    f.hears(one, {"sessions{", "opened a*", "opened b*"});
    flood();  // before the end of the snapshot is heard: it begins anew
    CHECK(f.log.lines.size() == 1);
    f.hears(one, {"opened c*", "}sessions"});
    f.hears(one, {"sessions{", "opened a*", "opened b*"});
    f.hears(one, {"opened c*", "}sessions"});
    CHECK(f.outlet.batches.empty());
    flood();
    CHECK(f.log.lines.size() == 2);
}

TEST_CASE("the next page comes when the last was heard, and what happens stands between", "[feeds]") {
    Fixture f(small());
    f.outlet.there[Subjects::sessions] = {"a", "b", "c", "d"};
    Instance one;
    f.join(one);
    const Batch page = f.next();
    CHECK(page.events == std::vector<std::string>{"sessions{", "opened a*", "opened b*"});
    f.happens(Kind::closed, "a");
    f.pass(50ms);
    CHECK(f.outlet.pages == 1);
    const Batch live = f.next();
    CHECK(live.events == std::vector<std::string>{"closed a"});
    f.feeds.heard(one, "g", page.first + 1);
    CHECK(f.outlet.pages == 1);
    f.feeds.heard(one, "g", page.first + 2);
    CHECK(f.outlet.pages == 2);
    f.feeds.heard(one, "g", live.first);
    f.hears(one, {"opened c*", "opened d*", "}sessions"});
}

TEST_CASE("a group without instance whose backlog is too large is forgotten", "[feeds]") {
    Fixture f(small());
    Instance one;
    f.join(one);
    f.feeds.leave(one);
    for (int i = 0; i < 50; ++i)
        f.happens(Kind::opened, "b");
    f.pass(50ms);
    CHECK(f.feeds.counts().groups == 0);
    CHECK_FALSE(f.feeds.listens(Subjects::sessions));
}

TEST_CASE("readers that come and go without hearing anything cost one page", "[feeds]") {
    Fixture f(small());
    f.outlet.there[Subjects::sessions] = {"a", "b", "c", "d"};
    for (int i = 0; i < 100; ++i) {
        Instance one;
        f.join(one);
        f.feeds.leave(one);
    }
    CHECK(f.outlet.pages == 1);
}

TEST_CASE("the reader is who listens to most", "[feeds]") {
    Fixture f;
    f.outlet.there[Subjects::users] = {"u"};
    Instance old_version, new_version;
    f.join(old_version);
    f.hears(old_version, {"sessions{", "}sessions"});
    f.join(new_version, {{"_session", "g"}, {"_user", "g"}});
    f.hears(new_version, {"sessions{", "}sessions", "users{", "online u*", "}users"});
    CHECK(f.feeds.listens(Subjects::users));
    f.feeds.leave(new_version);
    CHECK_FALSE(f.feeds.listens(Subjects::users));
    f.hears(old_version, {"sessions{", "}sessions"});
}

TEST_CASE("one that listens to more over the same connection gets a snapshot of that", "[feeds]") {
    Fixture f;
    Instance one;
    f.join(one);
    f.hears(one, {"sessions{", "}sessions"});
    f.join(one, {{"_session", "g"}, {"_channel", "g"}});
    f.hears(one, {"channels{", "}channels"});
    f.join(one, {});
    CHECK(f.feeds.counts().orphans == 1);
}

TEST_CASE("an acknowledgement of what was not told, or of another group, is refused", "[feeds]") {
    Fixture f;
    Instance one, other;
    f.join(one);
    f.join(other, {{"_session", "h"}});
    CHECK(f.feeds.heard(one, "g", 2));
    CHECK_FALSE(f.feeds.heard(one, "g", 3));
    CHECK_FALSE(f.feeds.heard(one, "h", 1));
    CHECK_FALSE(f.feeds.heard(other, "g", 1));
    CHECK_FALSE(f.feeds.heard(one, "nobody", 0));
    f.happens(Kind::opened, "a");  // is not told yet
    CHECK_FALSE(f.feeds.heard(one, "g", 3));
}

TEST_CASE("what nobody listens to is not kept", "[feeds]") {
    Fixture f;
    f.happens(Kind::opened, "a");
    Instance one;
    f.join(one, {{"_user", "g"}});
    f.happens(Kind::opened, "a");
    f.pass(50ms);
    f.hears(one, {"users{", "}users"});
    CHECK(f.outlet.batches.empty());
}

}  // namespace
}  // namespace fairlead::backplane
