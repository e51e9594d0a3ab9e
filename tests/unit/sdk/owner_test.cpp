// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <mutex>
#include <stdexcept>

#include "unit/sdk/rig.h"

using namespace fairlead;
using namespace std::chrono_literals;
using fairlead::testing::Gate;
using fairlead::testing::pack;
using fairlead::testing::Rig;
using fairlead::testing::ScriptedBroker;

namespace {

constexpr std::string_view kTopic = "rooms.*.say";

/// What happened to keys, in its order. Threads: any.
class Story {
public:
    void add(std::string line) {
        std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
    }
    std::vector<std::string> lines() const {
        std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

std::string text(const Lease& lease) {
    return lease.key + "/" + std::to_string(lease.fence);
}

/// What the handlers use: it outlives the service.
struct Stage {
    std::atomic<bool> hold_acquired{false}, acquired_throws{false}, hold_lost{false}, hold_requests{false};
    Gate acquiring, acquired, losing, lost, begun, end;
    Story story;
};

/// A service whose rooms have owners.
struct OwnerRig : Stage, Rig {
    explicit OwnerRig(ServiceOptions options = {})
        : Rig(std::move(options)), endpoint(service.on(kTopic, [this](Request& request) { say(request); })) {
        endpoint.owner(by_segment(1))
            .on_acquired([this](const Lease& lease) {
                if (hold_acquired) acquiring.open(), acquired.wait();
                story.add("acquired " + text(lease));
                if (acquired_throws) throw std::runtime_error("the store is away");
            })
            .on_lost([this](const Lease& lease) {
                if (hold_lost) losing.open(), lost.wait();
                story.add("lost " + text(lease));
            });
    }

    void say(Request& request) {
        begun.open();
        if (hold_requests) end.wait();
        story.add("request " + text(*request.lease()));
    }

    void lease(std::string_view key, std::uint64_t fence, bool held = true, std::string_view topic = kTopic) {
        broker.send(peer, wire::Lease{topic, key, fence, held});
    }

    void expect_release(std::string_view key, std::uint64_t fence) {
        auto received = broker.expect<wire::Release>();
        const auto& release = received.as<wire::Release>();
        CHECK(release.topic == kTopic);
        CHECK(release.key == key);
        CHECK(release.fence == fence);
    }

    void expect_claim(std::string_view key, std::uint64_t fence) {
        auto received = broker.expect<wire::Claim>();
        const auto& claim = received.as<wire::Claim>();
        CHECK(claim.topic == kTopic);
        CHECK(claim.key == key);
        CHECK(claim.fence == fence);
    }

    void expect_returned(wire::CallId call, wire::ReturnReason reason) {
        auto received = broker.expect<wire::Returned>();
        CHECK(received.as<wire::Returned>().call == call);
        CHECK(received.as<wire::Returned>().reason == reason);
    }

    /// Comes back over the same connection.
    void greet_again(std::string_view boot = "boot-1") {
        broker.send(peer, wire::Who{boot});
        peer = broker.accept(ScriptedBroker::welcome(boot));
    }

    ~OwnerRig() {
        for (Gate* gate : {&acquired, &lost, &end})
            gate->open();
    }

    Endpoint endpoint;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a key is acquired before its first request, and lost after its last", "[owner]") {
    OwnerRig rig;
    rig.hold_acquired = true;
    rig.hold_requests = true;
    rig.link();
    rig.lease("7", 100);
    rig.request(1, "rooms.7.say");
    rig.request(2, "rooms.7.say");
    REQUIRE(rig.acquiring.wait());
    rig.settle();
    CHECK_FALSE(rig.story.lines().size() > 0);
    rig.acquired.open();
    REQUIRE(rig.begun.wait(2));  // at once
    rig.lease("7", 100, false);
    rig.settle();
    rig.end.open();
    rig.broker.expect<wire::Reply>();
    rig.broker.expect<wire::Reply>();
    rig.expect_release("7", 100);
    CHECK(rig.story.lines() == Lines{"acquired 7/100", "request 7/100", "request 7/100", "lost 7/100"});
}

TEST_CASE("a key that is being acquired holds up no other", "[owner]") {
    OwnerRig rig;
    rig.hold_acquired = true;
    rig.link();
    rig.lease("7", 100);
    rig.request(1, "rooms.7.say");
    REQUIRE(rig.acquiring.wait());
    rig.hold_acquired = false;
    rig.lease("8", 101);
    rig.request(2, "rooms.8.say");
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 2);
    rig.acquired.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
}

TEST_CASE("what on_acquired throws is logged, and the requests go on", "[owner]") {
    OwnerRig rig;
    rig.acquired_throws = true;
    rig.link();
    rig.lease("7", 100);
    rig.request(1, "rooms.7.say");
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    CHECK(rig.log.count("on_acquired threw topic=\"rooms.*.say\"") == 1);
}

TEST_CASE("a request without its lease does not run", "[owner]") {
    OwnerRig rig;
    rig.link();
    rig.request(1, "rooms.7.say");
    rig.expect_returned(1, wire::ReturnReason::full);
    rig.lease("7", 100);
    rig.lease("7", 100, false);
    rig.request(2, "rooms.7.say");
    rig.expect_returned(2, wire::ReturnReason::full);
    rig.expect_release("7", 100);
    CHECK(rig.story.lines() == Lines{"acquired 7/100", "lost 7/100"});
    CHECK(rig.log.count("a request came without a lease of its key") == 1);
}

TEST_CASE("a request that lacks the key of its owner is an error", "[owner]") {
    Rig rig;
    rig.service.on("a.b", [](Request&) {}).owner(by_header("room"));
    rig.link();
    rig.request(1, "a.b");
    CHECK(rig.broker.expect<wire::Error>().as<wire::Error>().code == 107);
}

TEST_CASE("the program gives a key up", "[owner]") {
    OwnerRig rig;
    rig.hold_requests = true;
    rig.link();
    rig.lease("7", 100);
    rig.request(1, "rooms.7.say");
    REQUIRE(rig.begun.wait());
    rig.service.release(kTopic, "7");
    rig.service.release(kTopic, "8");  // nobody's
    rig.settle();
    rig.request(2, "rooms.7.say");  // crossed the release
    rig.expect_returned(2, wire::ReturnReason::full);
    rig.end.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    rig.expect_release("7", 100);
    CHECK(rig.story.lines() == Lines{"acquired 7/100", "request 7/100", "lost 7/100"});
    rig.lease("7", 103);
    rig.hold_requests = false;
    rig.request(3, "rooms.7.say");
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 3);
    CHECK(rig.story.lines().back() == "request 7/103");
}

TEST_CASE("each welcome is followed by claims, also of keys that end", "[owner]") {
    OwnerRig rig;
    rig.hold_lost = true;
    rig.link();
    rig.lease("7", 100);
    rig.lease("8", 101);
    rig.lease("8", 101, false);
    REQUIRE(rig.losing.wait());
    rig.greet_again();
    rig.expect_claim("7", 100);
    rig.expect_claim("8", 101);
    rig.lease("7", 100);
    rig.lost.open();
    rig.expect_release("8", 101);
    rig.request(1, "rooms.7.say");
    rig.broker.expect<wire::Reply>();
    CHECK(rig.story.lines() == Lines{"acquired 7/100", "acquired 8/101", "lost 8/101", "request 7/100"});
}

TEST_CASE("a claim that is refused loses the key", "[owner]") {
    OwnerRig rig;
    rig.link();
    rig.lease("7", 100);
    rig.greet_again("boot-2");
    rig.expect_claim("7", 100);
    rig.lease("7", 100, false);
    rig.expect_release("7", 100);
    CHECK(rig.story.lines() == Lines{"acquired 7/100", "lost 7/100"});
}

// Another instance may have owned it between the two runs of the broker.
TEST_CASE("a larger fence means lost and acquired anew, in order", "[owner]") {
    OwnerRig rig;
    rig.hold_requests = true;
    rig.link();
    rig.lease("7", 100);
    rig.request(1, "rooms.7.say");
    REQUIRE(rig.begun.wait());
    rig.greet_again();
    rig.expect_claim("7", 100);
    rig.lease("7", 200);
    rig.lease("7", 200);  // told, and the claim answered
    rig.lease("7", 150);  // older than what we know
    rig.request(2, "rooms.7.say");
    rig.settle();
    rig.end.open();
    rig.end.open();
    rig.broker.expect<wire::Reply>();
    rig.broker.expect<wire::Reply>();
    CHECK(rig.story.lines() ==
          Lines{"acquired 7/100", "request 7/100", "lost 7/100", "acquired 7/200", "request 7/200"});
    rig.lease("7", 200, false);
    rig.expect_release("7", 200);
}

TEST_CASE("a key that ends is released with the newest fence that was told", "[owner]") {
    OwnerRig rig;
    rig.hold_lost = true;
    rig.link();
    rig.lease("7", 100);
    rig.settle();
    rig.service.release(kTopic, "7");
    REQUIRE(rig.losing.wait());
    rig.lease("7", 200);
    rig.settle();
    rig.lost.open();
    rig.expect_release("7", 200);
    CHECK(rig.story.lines() == Lines{"acquired 7/100", "lost 7/100"});
}

TEST_CASE("the end of a lease that is not known is confirmed at once", "[owner]") {
    OwnerRig rig;
    rig.link();
    rig.lease("7", 100, false);
    rig.expect_release("7", 100);
    CHECK(rig.story.lines().empty());
}

TEST_CASE("a lease of what has no owner here is ignored", "[owner]") {
    OwnerRig rig;
    rig.link();
    rig.lease("7", 100, true, "rooms.>");
    rig.settle();
    CHECK(rig.service.stats().frames_ignored == 1);
    CHECK(rig.story.lines().empty());
}

TEST_CASE("a stop loses all keys before it says goodbye", "[owner]") {
    OwnerRig rig;
    rig.hold_requests = true;
    rig.link();
    rig.lease("7", 100);
    rig.lease("8", 101);
    rig.request(1, "rooms.7.say");
    REQUIRE(rig.begun.wait());
    bool clean = false;
    std::thread stopper([&] { clean = rig.service.stop(10s); });
    rig.broker.expect<wire::Drain>();
    rig.expect_release("8", 101);
    rig.lease("8", 101, false);  // crossed the release
    rig.lease("9", 102);         // crossed the drain
    rig.expect_release("9", 102);
    rig.broker.send(rig.peer, wire::Drain{});
    rig.end.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    rig.expect_release("7", 100);
    rig.broker.expect<wire::Goodbye>();
    rig.broker.send(rig.peer, wire::Goodbye{});
    stopper.join();
    CHECK(clean);
    CHECK(rig.story.lines() ==
          Lines{"acquired 7/100", "acquired 8/101", "lost 8/101", "request 7/100", "lost 7/100"});
}

TEST_CASE("a service that is refused has lost its keys", "[owner]") {
    OwnerRig rig;
    rig.link();
    rig.lease("7", 100);
    rig.request(1, "rooms.7.say");
    rig.broker.expect<wire::Reply>();
    rig.hold_lost = true;
    rig.broker.send(rig.peer, wire::Refusal{103, "your key is gone"});
    CHECK(rig.losing.wait());
}

TEST_CASE("a request that is cancelled while its key is acquired is handed back", "[owner]") {
    OwnerRig rig;
    rig.hold_acquired = true;
    rig.link();
    rig.lease("7", 100);
    rig.request(1, "rooms.7.say");
    rig.request(2, "rooms.7.say");
    REQUIRE(rig.acquiring.wait());
    rig.broker.send(rig.peer, wire::Cancel{1});
    rig.expect_returned(1, wire::ReturnReason::expired);
    rig.acquired.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 2);
    CHECK(rig.service.stats().in_flight == 0);
}

TEST_CASE("an owner's requests can be serial", "[owner]") {
    OwnerRig rig;
    rig.endpoint.serial_by(by_segment(1));
    rig.hold_requests = true;
    rig.link();
    rig.lease("7", 100);
    rig.request(1, "rooms.7.say");
    rig.request(2, "rooms.7.say");
    rig.request(3, "rooms.7.say");
    REQUIRE(rig.begun.wait());
    rig.lease("7", 100, false);
    rig.broker.send(rig.peer, wire::Cancel{2});
    rig.expect_returned(2, wire::ReturnReason::expired);
    rig.end.open();
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 1);
    CHECK(rig.broker.expect<wire::Reply>().as<wire::Reply>().call == 3);
    rig.expect_release("7", 100);
    CHECK(rig.story.lines() == Lines{"acquired 7/100", "request 7/100", "request 7/100", "lost 7/100"});
}
