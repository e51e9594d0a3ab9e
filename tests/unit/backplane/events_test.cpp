// SPDX-License-Identifier: Apache-2.0
#include "backplane/events.h"

#include <catch2/catch.hpp>
#include <map>

#include "unit/backplane/rig.h"

namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;

class CountingLog final : public base::Log {
public:
    bool enabled(base::LogLevel) const noexcept override { return true; }
    void write(base::LogLevel, std::string_view, base::LogFields) noexcept override { ++lines; }
    int lines = 0;
};

struct Fixture {
    Options options;
    base::ManualClock clock;
    CountingLog log;
    test::RecordedOutlet outlet;
    Events events{options, clock, log, outlet};
    core::LinkId last_link = 0;

    void join(Instance& instance, std::vector<Interest> interests) {
        instance.link = ++last_link;
        instance.interests = std::move(interests);
        events.join(instance);
    }
    core::Emitted emit(std::string_view topic, std::size_t bytes = 1) {
        core::Event event;
        event.topic = topic;
        event.payload = std::string(bytes, '\xc0');
        return events.emit(std::move(event));
    }
};

void same(const core::Emitted& emitted, std::uint32_t reached, std::uint32_t queued, std::uint32_t dropped) {
    REQUIRE(emitted.reached == reached);
    REQUIRE(emitted.queued == queued);
    REQUIRE(emitted.dropped == dropped);
}

TEST_CASE("each interested group gets one copy", "[events]") {
    Fixture f;
    Instance a, b, c, d;
    f.join(a, {{"orders.created", "billing"}});
    f.join(b, {{"orders.created", "billing"}, {"orders.*", "billing"}});
    f.join(c, {{"orders.>", "audit"}});
    f.join(d, {{"stock.>", "stock"}});
    same(f.emit("orders.created"), 2, 0, 0);
    REQUIRE(f.outlet.events.size() == 2);
    std::map<std::string, int> copies;
    for (const auto& copy : f.outlet.events)
        ++copies[copy.group];
    REQUIRE(copies == std::map<std::string, int>{{"audit", 1}, {"billing", 1}});
}

TEST_CASE("an event that nobody wants reaches nobody", "[events]") {
    Fixture f;
    same(f.emit("orders.created"), 0, 0, 0);
}

TEST_CASE("copies go round the instances of a group", "[events]") {
    Fixture f;
    Instance a, b, c;
    for (Instance* instance : {&a, &b, &c})
        f.join(*instance, {{"t", "g"}});
    for (int i = 0; i < 9; ++i)
        f.emit("t");
    std::map<core::LinkId, int> copies;
    for (const auto& copy : f.outlet.events)
        ++copies[copy.link];
    REQUIRE(copies == std::map<core::LinkId, int>{{a.link, 3}, {b.link, 3}, {c.link, 3}});
}

TEST_CASE("who drains gets events only when nobody else is there", "[events]") {
    Fixture f;
    Instance a, b;
    f.join(a, {{"t", "g"}});
    f.join(b, {{"t", "g"}});
    a.draining = true;
    f.emit("t");
    f.emit("t");
    REQUIRE(f.outlet.events[0].link == b.link);
    REQUIRE(f.outlet.events[1].link == b.link);
    f.events.leave(b);
    f.emit("t");
    REQUIRE(f.outlet.events[2].link == a.link);
}

TEST_CASE("beyond the window events wait in order until a sign of life", "[events]") {
    Fixture f;
    f.options.event_window_bytes = 3000;
    Instance a;
    f.join(a, {{"t.*", "g"}});
    same(f.emit("t.1", 2000), 1, 0, 0);
    same(f.emit("t.2", 2000), 0, 1, 0);
    same(f.emit("t.3", 10), 0, 1, 0);
    REQUIRE(f.outlet.events.size() == 1);
    f.events.heard(a);
    REQUIRE(f.outlet.events.size() == 3);
    REQUIRE(f.outlet.events[1].topic == "t.2");
    REQUIRE(f.outlet.events[2].topic == "t.3");
}

TEST_CASE("an event larger than the window goes out alone", "[events]") {
    Fixture f;
    f.options.event_window_bytes = 1000;
    Instance a;
    f.join(a, {{"t", "g"}});
    same(f.emit("t", 5000), 1, 0, 0);
    same(f.emit("t", 1), 0, 1, 0);
}

TEST_CASE("a full queue drops the new event, says so, and logs it once", "[events]") {
    Fixture f;
    f.options.event_window_bytes = 1;
    f.options.event_queue_bytes = 1000;
    Instance a;
    f.join(a, {{"t", "g"}});
    f.emit("t");
    same(f.emit("t", 700), 0, 1, 0);
    same(f.emit("t", 700), 0, 0, 1);
    same(f.emit("t", 700), 0, 0, 1);
    REQUIRE(f.log.lines == 1);
    REQUIRE(f.events.counts().dropped == 2);
    f.events.heard(a);
    f.emit("t", 700);
    f.emit("t", 700);
    REQUIRE(f.log.lines == 2);
}

TEST_CASE("one full group does not touch another", "[events]") {
    Fixture f;
    f.options.event_window_bytes = 1;
    f.options.event_queue_bytes = 0;
    Instance a, b;
    f.join(a, {{"t", "slow"}});
    f.join(b, {{"t", "fast"}});
    for (int i = 0; i < 3; ++i) {
        f.events.heard(b);
        same(f.emit("t"), i == 0 ? 2 : 1, 0, i == 0 ? 0 : 1);
    }
}

TEST_CASE("events that wait too long are dropped and counted", "[events]") {
    Fixture f;
    f.options.event_window_bytes = 1;
    Instance a;
    f.join(a, {{"t", "g"}});
    f.emit("t");
    f.emit("t");
    f.clock.advance(f.options.event_queue_age);
    f.emit("t");
    f.events.tick();
    REQUIRE(f.events.counts().dropped == 0);
    f.clock.advance(1ms);
    f.events.tick();
    REQUIRE(f.events.counts().dropped == 1);
    f.events.heard(a);
    REQUIRE(f.outlet.events.size() == 2);
}

TEST_CASE("what waits for a group goes to the instance that joins it", "[events]") {
    Fixture f;
    f.options.event_window_bytes = 1;
    Instance a, b;
    f.join(a, {{"t", "g"}});
    f.emit("t");
    f.emit("t");
    f.join(b, {{"t", "g"}});
    REQUIRE(f.outlet.events.size() == 2);
    REQUIRE(f.outlet.events[1].link == b.link);
}

TEST_CASE("what waits is lost with the last instance of its group", "[events]") {
    Fixture f;
    f.options.event_window_bytes = 1;
    Instance a;
    f.join(a, {{"t", "g"}});
    f.emit("t");
    f.emit("t");
    f.events.leave(a);
    REQUIRE(f.events.counts().dropped == 1);
    REQUIRE(f.log.lines == 1);
    same(f.emit("t"), 0, 0, 0);
}

TEST_CASE("a copy that did not leave goes to another instance", "[events]") {
    Fixture f;
    Instance a, b;
    f.join(a, {{"t", "g"}});
    f.emit("t");
    f.join(b, {{"t", "g"}});
    core::Event event;
    event.topic = "t";
    EventCopy copy{std::make_shared<const core::Event>(event), std::make_shared<const std::string>("g")};
    SECTION("the link is gone") {
        f.events.leave(a);
    }
    SECTION("the link is congested") {
        a.congested = true;
    }
    f.events.unsent(EventCopy(copy));
    REQUIRE(f.outlet.events.size() == 2);
    REQUIRE(f.outlet.events[1].link == b.link);
    b.congested = true;
    a.congested = true;
    f.events.leave(a);
    f.events.unsent(EventCopy(copy));
    REQUIRE(f.outlet.events.size() == 2);
    b.congested = false;
    f.events.heard(b);
    REQUIRE(f.outlet.events.size() == 3);
    f.events.leave(b);
    f.events.unsent(EventCopy(copy));
    REQUIRE(f.events.counts().dropped == 1);
}

TEST_CASE("joining again replaces the interests", "[events]") {
    Fixture f;
    Instance a;
    f.join(a, {{"t", "g"}});
    f.join(a, {{"u", "g"}});
    same(f.emit("t"), 0, 0, 0);
    same(f.emit("u"), 1, 0, 0);
}

TEST_CASE("what waits for a topic that nobody of the group wants any more is dropped", "[events]") {
    Fixture f;
    f.options.event_window_bytes = 1;
    Instance a;
    f.join(a, {{"t", "g"}});
    f.emit("t");
    f.emit("t");
    f.join(a, {{"u", "g"}});
    REQUIRE(f.outlet.events.size() == 1);
    REQUIRE(f.events.counts().dropped == 1);
}

TEST_CASE("an event whose header is too long is dropped and said so", "[events]") {
    Fixture f;
    Instance a;
    f.join(a, {{"t", "g"}});
    core::Event event;
    event.topic = "t";
    event.trace = "unsendable";
    same(f.events.emit(std::move(event)), 0, 0, 1);
}

}  // namespace
}  // namespace fairlead::backplane
