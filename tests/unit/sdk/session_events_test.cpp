// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "unit/sdk/rig.h"
#include "wire/session_event.h"

using namespace fairlead;
using namespace std::chrono_literals;
using fairlead::testing::Gate;
using fairlead::testing::Received;
using fairlead::testing::Rig;
using Kind = wire::SessionEventKind;

namespace {

wire::SessionEvent event(Kind kind, std::string_view who = {}) {
    wire::SessionEvent event;
    event.kind = static_cast<std::uint8_t>(kind);
    (kind == Kind::occupied || kind == Kind::vacated ? event.channel : event.user) = who;
    return event;
}

void tell(Rig& rig, std::uint64_t first, const std::vector<wire::SessionEvent>& events,
          std::string_view group = "orders") {
    std::string payload;
    wire::begin_told(events.size(), payload);
    for (const wire::SessionEvent& each : events)
        wire::write(each, payload);
    rig.broker.send(rig.peer, wire::Told{group, first, static_cast<std::uint32_t>(events.size())}, payload);
}

std::uint64_t heard(Rig& rig) {
    const Received received = rig.broker.expect<wire::Heard>();
    CHECK(received.as<wire::Heard>().group == "orders");
    return received.as<wire::Heard>().last;
}

/// Greets and is welcomed again, as after a question who it is.
void greet_again(Rig& rig, const wire::Welcome& welcome) {
    rig.broker.send(rig.peer, wire::Who{"boot-1"});
    rig.broker.expect<wire::Greeting>();
    rig.broker.send(rig.peer, welcome);
}

/// What handlers said, in the order in which they ran.
class Words {
public:
    void add(std::string word) {
        std::lock_guard lock(mutex_);
        words_.push_back(std::move(word));
    }
    std::vector<std::string> all() const {
        std::lock_guard lock(mutex_);
        return words_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> words_;
};
using List = std::vector<std::string>;

void note_users(Rig& rig, Words& words) {
    rig.service.on_user([&](const UserEvent& event) {
        static constexpr const char* kNames[] = {"{", "}", "+", "-"};
        words.add(kNames[static_cast<std::size_t>(event.kind)] + event.user);
    });
}

}  // namespace

TEST_CASE("a service says which session events it wants", "[session]") {
    Rig rig;
    rig.service.listen("a.b", [](const Event&) {});
    rig.service.on_session([](const SessionEvent&) {});
    rig.service.on_channel([](const ChannelEvent&) {});
    rig.service.start();
    const Received greeting = rig.broker.expect<wire::Greeting>();
    const auto& interests = greeting.as<wire::Greeting>().interests;
    REQUIRE(interests.size() == 3);
    CHECK(interests[1].pattern == "_session");
    CHECK(interests[1].group == "orders");
    CHECK(interests[2].pattern == "_channel");
}

TEST_CASE("handlers get all of a session event", "[session]") {
    Rig rig;
    std::vector<SessionEvent> sessions;
    std::vector<UserEvent> users;
    std::vector<ChannelEvent> channels;
    rig.service.on_session([&](const SessionEvent& one) { sessions.push_back(one); });
    rig.service.on_user([&](const UserEvent& one) { users.push_back(one); });
    rig.service.on_channel([&](const ChannelEvent& one) { channels.push_back(one); });
    rig.link();

    const std::string meta = encode(Value::map({{"plan", "pro"}}));
    const std::string state = encode(5);
    wire::SessionEvent full = event(Kind::resumed, "ann");
    full.generation = 7;
    full.time = 1'772'000'000'123;
    full.session = "phone";
    full.client = "c1";
    full.address = "203.0.113.7";
    full.meta = meta;
    full.state = state;
    full.code = 3000;
    full.reason = "bye";
    full.duration = 61'000;
    full.replayed = true;
    full.trimmed = true;
    tell(rig, 1,
         {full, event(Kind::opened, "a"), event(Kind::closed, "a"), event(Kind::sessions_begin),
          event(Kind::sessions_end), event(Kind::online, "b"), event(Kind::offline, "b"),
          event(Kind::users_begin), event(Kind::users_end), event(Kind::occupied, "c"),
          event(Kind::vacated, "c"), event(Kind::channels_begin), event(Kind::channels_end)});
    REQUIRE(heard(rig) == 13);

    REQUIRE(sessions.size() == 5);
    const SessionEvent& one = sessions[0];
    CHECK(one.kind == SessionEvent::Kind::resumed);
    CHECK(one.generation == 7);
    CHECK(one.time.time_since_epoch() == 1'772'000'000'123ms);
    CHECK(one.user == "ann");
    CHECK(one.session == "phone");
    CHECK(one.client == "c1");
    CHECK(one.address == "203.0.113.7");
    CHECK(one.meta["plan"].as_string() == "pro");
    CHECK(one.state.as_integer() == 5);
    CHECK(one.code == 3000);
    CHECK(one.reason == "bye");
    CHECK(one.duration == 61s);
    CHECK(one.replayed);
    CHECK(one.trimmed);
    CHECK(sessions[1].kind == SessionEvent::Kind::opened);
    CHECK(sessions[1].meta.is_null());
    CHECK(sessions[2].kind == SessionEvent::Kind::closed);
    CHECK(sessions[3].kind == SessionEvent::Kind::snapshot_begins);
    CHECK(sessions[4].kind == SessionEvent::Kind::snapshot_ends);
    REQUIRE(users.size() == 4);
    CHECK(users[0].kind == UserEvent::Kind::online);
    CHECK(users[0].user == "b");
    CHECK(users[1].kind == UserEvent::Kind::offline);
    CHECK(users[2].kind == UserEvent::Kind::snapshot_begins);
    CHECK(users[3].kind == UserEvent::Kind::snapshot_ends);
    REQUIRE(channels.size() == 4);
    CHECK(channels[0].kind == ChannelEvent::Kind::occupied);
    CHECK(channels[0].channel == "c");
    CHECK(channels[1].kind == ChannelEvent::Kind::vacated);
    CHECK(channels[2].kind == ChannelEvent::Kind::snapshot_begins);
    CHECK(channels[3].kind == ChannelEvent::Kind::snapshot_ends);
    CHECK(rig.service.stats().session_events == 13);
    CHECK(rig.service.stats().session_events_failed == 0);
}

TEST_CASE("one event is handled at a time, and a batch is acknowledged when its last one is", "[session]") {
    ServiceOptions options;
    options.threads = 4;
    Rig rig(options);
    Gate begun, go_on;
    std::atomic<int> running{0}, most{0};
    Words words;
    const auto run = [&](std::string who) {
        most = std::max(most.load(), ++running);
        if (who == "a") begun.open(), go_on.wait();
        words.add(std::move(who));
        --running;
    };
    rig.service.on_user([&](const UserEvent& one) { run(one.user); });
    rig.service.on_channel([&](const ChannelEvent& one) { run(one.channel); });
    rig.link();
    tell(rig, 1, {event(Kind::online, "a"), event(Kind::occupied, "b")});
    tell(rig, 3, {event(Kind::occupied, "c")});
    tell(rig, 4, {event(Kind::online, "d"), event(Kind::online, "e")});
    REQUIRE(begun.wait());
    tell(rig, 1, {event(Kind::online, "a"), event(Kind::occupied, "b")});  // again, while it runs and waits
    tell(rig, 3, {event(Kind::occupied, "c")});
    rig.settle();  // no acknowledgement comes before the answer to this
    CHECK(words.all().empty());
    CHECK(rig.service.stats().session_events == 5);
    go_on.open();
    CHECK(heard(rig) == 2);
    CHECK(heard(rig) == 3);
    CHECK(heard(rig) == 5);
    CHECK(words.all() == List{"a", "b", "c", "d", "e"});
    CHECK(most == 1);
}

TEST_CASE("what a handler throws is logged and counted, and the event counts as heard", "[session]") {
    Rig rig;
    Words words;
    rig.service.on_user([&](const UserEvent& one) {
        if (one.user == "a") throw std::runtime_error("out of tea");
        if (one.user == "b") throw 5;
        words.add(one.user);
    });
    rig.link();
    tell(rig, 1, {event(Kind::online, "a"), event(Kind::online, "b"), event(Kind::online, "c")});
    CHECK(heard(rig) == 3);
    CHECK(words.all() == List{"c"});
    CHECK(rig.log.count("out of tea") == 1);
    CHECK(rig.log.count("a session event was not handled") == 2);
    CHECK(rig.service.stats().session_events_failed == 2);
}

TEST_CASE("what is told again is handled once, and acknowledged again", "[session]") {
    Rig rig;
    Words words;
    note_users(rig, words);
    rig.link();
    tell(rig, 1, {event(Kind::online, "a"), event(Kind::online, "b")});
    CHECK(heard(rig) == 2);
    tell(rig, 1, {event(Kind::online, "a"), event(Kind::online, "b")});
    CHECK(heard(rig) == 2);
    tell(rig, 2, {event(Kind::online, "b"), event(Kind::online, "c"), event(Kind::online, "d")});
    CHECK(heard(rig) == 4);
    CHECK(words.all() == List{"+a", "+b", "+c", "+d"});
    CHECK(rig.service.stats().session_events == 4);
}

TEST_CASE("after a new greeting only what has begun is not handled again", "[session]") {
    Rig rig;
    Gate begun, go_on;
    Words words;
    rig.service.on_user([&](const UserEvent& one) {
        if (one.user == "b") begun.open(), go_on.wait();
        words.add(one.user);
    });
    rig.link();
    tell(rig, 1, {event(Kind::online, "a")});
    CHECK(heard(rig) == 1);
    tell(rig, 2, {event(Kind::online, "b")});
    tell(rig, 3, {event(Kind::online, "c")});
    REQUIRE(begun.wait());
    greet_again(rig, rig.broker.welcome());
    CHECK(heard(rig) == 1);  // in case it was lost
    tell(rig, 2, {event(Kind::online, "b"), event(Kind::online, "c"), event(Kind::online, "d")});
    go_on.open();
    CHECK(heard(rig) == 2);
    CHECK(heard(rig) == 4);
    CHECK(words.all() == List{"a", "b", "c", "d"});
}

TEST_CASE("another run of the broker has numbers of its own", "[session]") {
    Rig rig;
    Gate begun, go_on;
    Words words;
    std::atomic<int> running{0}, most{0};
    rig.service.on_user([&](const UserEvent& one) {
        most = std::max(most.load(), ++running);
        if (one.user == "b") begun.open(), go_on.wait();
        words.add(one.user);
        --running;
    });
    rig.link();
    tell(rig, 1, {event(Kind::online, "a")});
    CHECK(heard(rig) == 1);
    tell(rig, 2, {event(Kind::online, "b")});
    tell(rig, 3, {event(Kind::online, "of the old run")});
    REQUIRE(begun.wait());
    greet_again(rig, rig.broker.welcome("boot-2"));
    tell(rig, 1, {event(Kind::online, "c")});
    rig.settle();
    go_on.open();
    CHECK(heard(rig) == 1);
    CHECK(words.all() == List{"a", "b", "c"});
    CHECK(most == 1);
}

TEST_CASE("a broker that does not name its boot is one run", "[session]") {
    Rig rig;
    Words words;
    note_users(rig, words);
    rig.link(rig.broker.welcome(""));
    tell(rig, 1, {event(Kind::online, "a")});
    CHECK(heard(rig) == 1);
    CHECK(words.all() == List{"+a"});
}

TEST_CASE("the end of a snapshot is given only to who was given its beginning", "[session]") {
    Rig rig;
    Words words;
    note_users(rig, words);
    rig.link();
    tell(rig, 5, {event(Kind::users_end), event(Kind::users_begin), event(Kind::online, "a")});
    CHECK(heard(rig) == 7);
    SECTION("in another batch") {
        tell(rig, 8, {event(Kind::users_end), event(Kind::users_end)});
        CHECK(heard(rig) == 9);
        CHECK(words.all() == List{"{", "+a", "}"});
    }
    SECTION("not when another one was told something between") {
        tell(rig, 9, {event(Kind::users_end)});
        CHECK(heard(rig) == 9);
        CHECK(words.all() == List{"{", "+a"});
    }
}

TEST_CASE("events of a newer broker are passed over, a payload that cannot be read counts as heard",
          "[session]") {
    Rig rig;
    Words words;
    note_users(rig, words);
    rig.link();
    wire::SessionEvent unknown = event(Kind::online, "x");
    unknown.kind = 99;
    tell(rig, 1, {unknown, event(Kind::opened, "nobody listens to it"), event(Kind::online, "a")});
    CHECK(heard(rig) == 3);
    CHECK(words.all() == List{"+a"});
    rig.broker.send(rig.peer, wire::Told{"orders", 4, 2}, "\xc1");
    CHECK(heard(rig) == 5);
    CHECK(rig.log.count("the broker's frame cannot be read") == 1);
    CHECK(rig.service.stats().session_events_failed == 1);
}

TEST_CASE("what another group is told is ignored", "[session]") {
    Rig rig;
    Words words;
    note_users(rig, words);
    rig.link();
    tell(rig, 1, {event(Kind::online, "a")}, "others");
    rig.settle();
    CHECK(words.all().empty());
    CHECK(rig.service.stats().frames_ignored == 1);
}

TEST_CASE("handlers of session events are set up once, before the start", "[session]") {
    Rig rig;
    rig.service.on_user([](const UserEvent&) {});
    CHECK_THROWS_AS(rig.service.on_user([](const UserEvent&) {}), std::invalid_argument);
    CHECK_THROWS_AS(rig.service.on_session(nullptr), std::invalid_argument);
    rig.link();
    CHECK_THROWS_AS(rig.service.on_session([](const SessionEvent&) {}), std::logic_error);
    CHECK_THROWS_AS(rig.service.on_channel([](const ChannelEvent&) {}), std::logic_error);
}

TEST_CASE("a service that stops finishes what it was told, and acknowledges it", "[session]") {
    Rig rig;
    Gate begun, go_on;
    Words words;
    rig.service.on_user([&](const UserEvent& one) {
        if (one.user == "a") begun.open(), go_on.wait();
        words.add(one.user);
    });
    rig.link();
    tell(rig, 1, {event(Kind::online, "a")});
    tell(rig, 2, {event(Kind::online, "b")});
    REQUIRE(begun.wait());
    std::atomic<bool> clean{false};
    std::thread stopper([&] { clean = rig.service.stop(1min); });
    rig.broker.expect<wire::Drain>();
    rig.broker.send(rig.peer, wire::Drain{});
    go_on.open();
    CHECK(heard(rig) == 1);
    CHECK(heard(rig) == 2);
    rig.broker.expect<wire::Goodbye>();
    rig.broker.send(rig.peer, wire::Goodbye{});
    stopper.join();
    CHECK(clean);
    CHECK(words.all() == List{"a", "b"});
}

TEST_CASE("a service that has no time left leaves what it did not begin to others", "[session]") {
    const bool early = GENERATE(false, true);
    Gate begun, go_on;
    Words words;
    {
        Rig rig;
        rig.service.on_user([&](const UserEvent& one) {
            if (one.user == "a") begun.open(), go_on.wait();
            words.add(one.user);
        });
        rig.link();
        tell(rig, 1, {event(Kind::online, "a"), event(Kind::online, "b")});
        tell(rig, 3, {event(Kind::online, "c")});
        REQUIRE(begun.wait());
        std::atomic<bool> clean{true};
        std::thread stopper([&] { clean = rig.service.stop(0ms); });
        rig.broker.expect<wire::Drain>();
        rig.broker.expect<wire::Goodbye>();
        if (early) go_on.open();  // while it waits for the broker's goodbye
        stopper.join();
        go_on.open();
        CHECK_FALSE(clean);
    }
    const List all = words.all();
    CHECK(all.front() == "a");
    CHECK(std::count(all.begin(), all.end(), "c") == 0);
    CHECK((early || all.size() == 1));
}
