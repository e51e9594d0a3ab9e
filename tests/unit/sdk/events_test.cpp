// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <stdexcept>

#include "unit/sdk/rig.h"

using namespace fairlead;
using fairlead::testing::Gate;
using fairlead::testing::pack;
using fairlead::testing::Rig;

namespace {

void send_event(Rig& rig, std::string_view topic, std::string_view group, std::string_view payload) {
    wire::Event event;
    event.topic = topic;
    event.group = group;
    event.caller.service = "payments";
    event.headers = {{"h", "v"}};
    event.trace = "00-t";
    rig.broker.send(rig.peer, event, payload);
}

}  // namespace

TEST_CASE("a listener gets its event", "[events]") {
    Rig rig;
    Gate heard;
    std::atomic<bool> good{false};
    rig.service.listen("payments.*", [&](const Event& event, int in) {
        good = in == 5 && event.topic() == "payments.settled" && event.group() == "orders" &&
               event.caller().service == "payments" && event.header("h") == "v" && event.trace() == "00-t";
        heard.open();
    });
    rig.link();
    send_event(rig, "payments.settled", "orders", pack(5));
    REQUIRE(heard.wait());
    CHECK(good);
    CHECK(rig.service.stats().events == 1);
}

TEST_CASE("a copy is for the listeners of its group", "[events]") {
    Rig rig;
    Gate own, audit, specific;
    rig.service.listen("a.>", [&](const Event&) { own.open(); });
    rig.service.listen("a.b", [&](const Event&) { specific.open(); });
    rig.service.listen("a.>", [&](const Event&) { audit.open(); }).group("audit");
    rig.link();
    send_event(rig, "a.b", "orders", {});
    REQUIRE(own.wait());
    REQUIRE(specific.wait());
    send_event(rig, "a.b", "audit", {});
    REQUIRE(audit.wait());
    send_event(rig, "a.b", "others", {});
    rig.settle();
    CHECK(rig.service.stats().frames_ignored == 1);
    rig.service.stop(std::chrono::milliseconds(0));
}

TEST_CASE("an event that does not fit or a listener that throws is logged", "[events]") {
    Rig rig;
    Gate heard;
    rig.service.listen("a.b", [&](const Event&, int) {
        heard.open();
        throw std::runtime_error("out of tea");
    });
    rig.link();
    send_event(rig, "a.b", "orders", pack("x"));
    send_event(rig, "a.b", "orders", pack(1));
    REQUIRE(heard.wait());
    rig.service.stop(std::chrono::seconds(0));
    CHECK(rig.log.count("an event does not fit its listener") == 1);
    CHECK(rig.log.count("payload: expected integer, got string") == 1);
    CHECK(rig.log.count("out of tea") == 1);
    CHECK(rig.service.stats().events_dropped == 1);
}

TEST_CASE("events that find the queue full are dropped, counted and logged once", "[events]") {
    ServiceOptions options;
    options.threads = 1;
    options.event_queue_bytes = 3000;
    Rig rig(options);
    Gate begun, end;
    rig.service.listen("a.b", [&](const Event&) { begun.open(), end.wait(); });
    rig.link();
    for (int i = 0; i < 20; ++i)
        send_event(rig, "a.b", "orders", encode(std::string(500, 'x')));
    rig.settle();
    std::uint64_t dropped = rig.service.stats().events_dropped;
    CHECK(dropped == 17);
    CHECK(rig.log.count("events are dropped") == 1);
    end.open();
    REQUIRE(begun.wait(3));
}
