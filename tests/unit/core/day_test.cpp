// SPDX-License-Identifier: Apache-2.0
#include "world.h"

/// A day of a small chat, without waiting for it.
namespace fairlead::core {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kClients = 200;

struct Day {
    Day() { world.broker->tick(); }

    static ClientKey key(std::uint32_t slot) { return {0, slot, 1}; }

    Claims claims(std::uint32_t slot) {
        Claims claims = World::user_claims("u" + std::to_string(slot / 2));
        claims.expires = world.clock.wall() + seconds(600);
        return claims;
    }

    void arrive() {
        for (std::uint32_t slot = 0; slot < kClients; ++slot) {
            world.broker->handle(World::connect_command(key(slot), claims(slot)));
            world.broker->handle(Subscribe{key(slot), 2, "room:" + std::to_string(slot % 10), {}});
        }
        drain();
    }

    /// What one second brings: a request answered, one forgotten, a message in a room, a refresh in its turn.
    void second(std::uint64_t now) {
        const auto slot = static_cast<std::uint32_t>(now % kClients);
        const std::size_t before = world.services.requests.size();
        world.broker->handle(Call{key(slot), 3, "chat.say", "x"});
        world.broker->handle(Call{key(slot), 4, "chat.forget", "x"});
        asked += 2;
        world.broker->settle(world.services.requests[before].call, Outcome("ok"));
        world.broker->publish(
            Publication{"room:" + std::to_string(now % 10), {Encoding::json, "1"}, {}, {}, 0});
        world.broker->handle(Refresh{key(slot), 5, std::make_unique<Claims>(claims(slot)), {}});
        for (int i = 0; i < 10; ++i) {
            world.clock.advance(milliseconds(100));
            world.broker->tick();
        }
        drain();
        world.services.requests.clear();
        world.services.cancelled.clear();
    }

    void drain() {
        for (ToEdge& message : world.edges[0].posted) {
            answered += std::holds_alternative<Answered>(message);
            failed += std::holds_alternative<Failed>(message);
            delivered += std::holds_alternative<Deliver>(message);
            refreshed += std::holds_alternative<Refreshed>(message);
            closed += std::holds_alternative<CloseClient>(message);
        }
        world.edges[0].posted.clear();
    }

    World world;
    std::uint64_t asked = 0, answered = 0, failed = 0, delivered = 0, refreshed = 0, closed = 0;
};

TEST_CASE("a day of traffic leaves no request without its outcome and nobody expired", "[day]") {
    Day day;
    day.arrive();
    constexpr std::uint64_t kSeconds = 86'400;
    for (std::uint64_t now = 0; now < kSeconds; ++now)
        day.second(now);
    for (int i = 0; i < 5; ++i)
        day.second(kSeconds);
    day.world.clock.advance(seconds(5));
    day.world.broker->tick();
    day.drain();
    CHECK(day.answered + day.failed == day.asked);
    CHECK(day.answered == day.failed);
    CHECK(day.delivered == kSeconds + 5);
    CHECK(day.refreshed == kSeconds + 5);
    CHECK(day.closed == 0);
    CHECK(day.world.broker->counts().clients == kClients);
    CHECK(day.world.broker->counts().calls == 0);

    // Nobody refreshes any more: ten minutes and the grace later all have gone.
    day.world.clock.advance(seconds(626));
    day.world.broker->tick();
    day.drain();
    CHECK(day.closed == kClients);
    CHECK(day.world.broker->counts().clients == 0);
    CHECK(day.world.broker->counts().channels == 0);
}

}  // namespace
}  // namespace fairlead::core
