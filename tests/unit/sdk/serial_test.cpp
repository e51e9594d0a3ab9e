// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>

#include "unit/sdk/rig.h"

using namespace fairlead;
using namespace std::chrono_literals;
using fairlead::testing::Gate;
using fairlead::testing::pack;
using fairlead::testing::Rig;

namespace {

ServiceOptions threads(unsigned count) {
    ServiceOptions options;
    options.threads = count;
    return options;
}

/// A request of a service that sets the header `room`.
void request_room(Rig& rig, wire::CallId call, std::string_view topic, std::string_view room,
                  int payload = 0) {
    wire::Request frame;
    frame.call = call;
    frame.topic = topic;
    frame.deadline = 60s;
    frame.caller.service = "asker";
    frame.headers = {{"room", room}};
    rig.broker.send(rig.peer, frame, pack(payload));
}

/// Fails if two are inside at once.
class Alone {
public:
    template <typename F>
    void run(F&& f) {
        overlaps_ += inside_.exchange(true) ? 1 : 0;
        f();
        inside_ = false;
    }
    int overlaps() const { return overlaps_; }

private:
    std::atomic<bool> inside_{false};
    std::atomic<int> overlaps_{0};
};

}  // namespace

TEST_CASE("a serial endpoint runs one request at a time, in their order", "[serial]") {
    Rig rig;
    Alone alone;
    std::vector<int> order;
    Gate last;
    rig.service
        .on("a.b",
            [&](Request&, int in) {
                alone.run([&] {
                    order.push_back(in);
                    std::this_thread::yield();
                });
                if (in == 499) last.open();
                if (in % 7 == 0) throw std::runtime_error("seven");
                return in;
            })
        .serial()
        .window(1000);
    rig.link();
    for (int i = 0; i < 500; ++i)
        rig.request(static_cast<wire::CallId>(i), "a.b", pack(i));
    for (int i = 0; i < 500; ++i)
        rig.broker.next();
    REQUIRE(last.wait());
    CHECK(alone.overlaps() == 0);
    CHECK(order.size() == 500);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("what waits for its turn takes no thread", "[serial]") {
    Rig rig(threads(2));
    Gate begun, end;
    rig.service.on("a.slow", [&](Request&) { begun.open(), end.wait(); }).serial();
    rig.service.on("a.fast", [](Request&) {});
    rig.link();
    for (wire::CallId call = 1; call <= 5; ++call)
        rig.request(call, "a.slow");
    REQUIRE(begun.wait());
    rig.request(6, "a.fast");
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 6);
    end.open();
    for (wire::CallId call = 1; call <= 5; ++call)
        CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == call);
}

TEST_CASE("serial_by runs different keys at once and keeps the order of each", "[serial]") {
    Rig rig;
    Gate begun, end;
    std::mutex mutex;
    std::map<std::string, std::vector<int>> order;
    rig.service
        .on("a.b",
            [&](Request& request, int in) {
                if (in == 0) begun.open(), end.wait();
                std::lock_guard lock(mutex);
                order[std::string(request.header("room"))].push_back(in);
            })
        .serial_by(by_header("room"));
    rig.link();
    request_room(rig, 1, "a.b", "red", 0);
    request_room(rig, 2, "a.b", "red", 1);
    request_room(rig, 3, "a.b", "blue", 0);
    request_room(rig, 4, "a.b", "blue", 1);
    REQUIRE(begun.wait(2));  // both rooms at once
    request_room(rig, 5, "a.b", "green", 2);
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 5);
    end.open();
    for (int i = 0; i < 4; ++i)
        rig.broker.expect<wire::Reply>();
    std::lock_guard lock(mutex);
    CHECK(order["red"] == std::vector<int>{0, 1});
    CHECK(order["blue"] == std::vector<int>{0, 1});
}

TEST_CASE("requests without the key wait for nobody", "[serial]") {
    Rig rig;
    Gate begun, end;
    rig.service.on("a.b", [&](Request&) { begun.open(), end.wait(); }).serial_by(by_header("room"));
    rig.link();
    rig.request(1, "a.b");
    rig.request(2, "a.b");
    CHECK(begun.wait(2));
    end.open();
    rig.broker.expect<wire::Reply>();
    rig.broker.expect<wire::Reply>();
}

TEST_CASE("a deferred request has its turn until it is answered", "[serial]") {
    Rig rig;
    std::optional<Responder> kept;
    Gate deferred;
    std::atomic<int> called{0};
    rig.service
        .on("a.b",
            [&](Request& request) {
                if (++called > 1) return;
                kept = request.defer();
                deferred.open();
            })
        .serial();
    rig.link();
    rig.request(1, "a.b");
    rig.request(2, "a.b");
    REQUIRE(deferred.wait());
    rig.settle();
    CHECK(called == 1);
    kept->reply(1);
    kept.reset();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 2);
    CHECK(called == 2);
}

TEST_CASE("a handler that has answered has its turn until it returns", "[serial]") {
    Rig rig;
    Gate answered, end;
    std::atomic<int> called{0};
    rig.service
        .on("a.b",
            [&](Request& request) {
                if (++called > 1) return;
                request.defer().reply(1);
                answered.open();
                end.wait();
            })
        .serial();
    rig.link();
    rig.request(1, "a.b");
    rig.request(2, "a.b");
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    rig.settle();
    CHECK(called == 1);
    end.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 2);
}

TEST_CASE("a request that is cancelled or expires while it waits is handed back", "[serial]") {
    Rig rig;
    Gate begun, end;
    std::atomic<int> called{0};
    rig.service
        .on("a.b",
            [&](Request&) {
                ++called;
                begun.open();
                end.wait();
            })
        .serial()
        .window(3);
    rig.link();
    rig.request(1, "a.b");
    REQUIRE(begun.wait());
    rig.request(2, "a.b");
    rig.request(3, "a.b", {}, 1ms);
    rig.request(4, "a.b");
    auto returned = rig.broker.expect<wire::Returned>();
    CHECK(returned.as<wire::Returned>().call == 4);
    CHECK(returned.as<wire::Returned>().reason == wire::ReturnReason::full);
    // Who is cancelled does not wait for those before it.
    rig.broker.send(rig.peer, wire::Cancel{2});
    returned = rig.broker.expect<wire::Returned>();
    CHECK(returned.as<wire::Returned>().call == 2);
    CHECK(returned.as<wire::Returned>().reason == wire::ReturnReason::expired);
    rig.request(5, "a.b");
    const auto past = std::chrono::steady_clock::now() + 2ms;  // the deadline of 3
    while (std::chrono::steady_clock::now() < past)
        std::this_thread::yield();
    end.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    returned = rig.broker.expect<wire::Returned>();
    CHECK(returned.as<wire::Returned>().call == 3);
    CHECK(returned.as<wire::Returned>().reason == wire::ReturnReason::expired);
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 5);
    CHECK(called == 2);
    CHECK(rig.service.stats().in_flight == 0);
}

TEST_CASE("a stop waits for those that wait for their turn", "[serial]") {
    Rig rig;
    Gate begun, end;
    rig.service.on("a.b", [&](Request&) { begun.open(), end.wait(); }).serial();
    rig.link();
    rig.request(1, "a.b");
    rig.request(2, "a.b");
    REQUIRE(begun.wait());
    rig.settle();
    bool clean = false;
    std::thread stopper([&] { clean = rig.service.stop(10s); });
    rig.broker.expect<wire::Drain>();
    rig.request(3, "a.b");
    CHECK(rig.broker.expect<wire::Returned>().as<wire::Returned>().reason == wire::ReturnReason::drain);
    rig.broker.send(rig.peer, wire::Drain{});
    end.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 2);
    rig.broker.expect<wire::Goodbye>();
    rig.broker.send(rig.peer, wire::Goodbye{});
    stopper.join();
    CHECK(clean);
}

TEST_CASE("a serial listener hears one event at a time, in their order, before the service stops",
          "[serial]") {
    Rig rig;
    Alone alone;
    std::vector<int> heard;
    Gate begun, end;
    rig.service
        .listen("a.*",
                [&](const Event&, int in) {
                    if (in == 0) begun.open(), end.wait();
                    alone.run([&] { heard.push_back(in); });
                    if (in % 3 == 0) throw std::runtime_error("three");
                })
        .serial();
    rig.link();
    for (int i = 0; i < 100; ++i) {
        wire::Event event;
        event.topic = "a.b";
        event.group = "orders";
        rig.broker.send(rig.peer, event, pack(i));
    }
    REQUIRE(begun.wait());
    bool clean = false;
    std::thread stopper([&] { clean = rig.service.stop(10s); });
    rig.broker.expect<wire::Drain>();
    rig.broker.send(rig.peer, wire::Drain{});
    end.open();
    rig.broker.expect<wire::Goodbye>();
    rig.broker.send(rig.peer, wire::Goodbye{});
    stopper.join();
    CHECK(clean);
    CHECK(alone.overlaps() == 0);
    REQUIRE(heard.size() == 100);
    CHECK(std::is_sorted(heard.begin(), heard.end()));
}

TEST_CASE("events that wait when the time to stop is over are counted as dropped", "[serial]") {
    Gate begun, end;  // outlive the handler
    Rig rig;
    rig.service.listen("a.*", [&](const Event&) { begun.open(), end.wait(); }).serial();
    rig.link();
    for (int i = 0; i < 5; ++i) {
        wire::Event event;
        event.topic = "a.b";
        event.group = "orders";
        rig.broker.send(rig.peer, event, pack(i));
    }
    REQUIRE(begun.wait());
    rig.settle();
    CHECK_FALSE(rig.service.stop(0ms));
    CHECK(rig.service.stats().events_dropped == 4);
    end.open();
}
