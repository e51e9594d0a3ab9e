// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include "core/client.h"
#include "world.h"

/// What an idle client costs core, measured at the allocator: its record, its subscription, its user, the
/// user's channel and their indexes. Sanitizers have an allocator of their own, so there is nothing to see
/// there.
namespace fairlead::core {
namespace {

constexpr std::uint32_t kClients = 10'000;

std::size_t allocated_bytes() {
    return ::mallinfo2().uordblks;
}

bool measurable() {
    const std::size_t before = allocated_bytes();
    const auto block = std::make_unique<char[]>(100'000);
    return block != nullptr && allocated_bytes() >= before + 100'000;
}

void connect_all(World& world, bool named) {
    for (std::uint32_t slot = 0; slot < kClients; ++slot) {
        std::optional<Claims> claims;
        if (named) {
            // As long as a UUID.
            claims = World::user_claims("0f0e0d0c-0b0a-0908-0706-" + std::to_string(100'000'000'000 + slot));
            claims->key_id = "jwks:2026-11";
            claims->expires = world.clock.wall() + std::chrono::hours(1);
        }
        auto connect =
            World::connect_command({static_cast<EdgeIndex>(slot % 4), slot / 4, 1}, std::move(claims));
        connect->address = "203.0.113.77";
        world.broker->handle(std::move(connect));
        for (EdgeRecorder& edge : world.edges)
            edge.posted.clear();
    }
}

TEST_CASE("an idle client costs core little", "[memory]") {
    if (!measurable()) return;
    const bool named = GENERATE(false, true);
    World world(World::open_options(), 4);
    const std::size_t before = allocated_bytes();
    connect_all(world, named);
    const std::size_t each_bytes = (allocated_bytes() - before) / kClients;
    WARN((named ? "a named" : "an anonymous") << " idle client: " << each_bytes << " bytes");
    CHECK(each_bytes < (named ? 680U : 280U));

    world.broker->disconnect_all(3001, {});
    for (EdgeRecorder& edge : world.edges)
        std::deque<ToEdge>().swap(edge.posted);
    // What stays is the table of slots and that of timers.
    CHECK((allocated_bytes() - before) / kClients < sizeof(Client) + 80);
}

TEST_CASE("warm, a request allocates nothing of core's own", "[memory]") {
    if (!measurable()) return;
    World world;
    world.connect(kAnn);
    const auto rounds = [&](std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) {
            world.services.requests.clear();
            world.broker->settle(world.call(kAnn, i, "a.b"), Outcome("x"));
            world.edges[0].posted.clear();
        }
    };
    rounds(100);
    const std::size_t before = allocated_bytes();
    rounds(10'000);
    CHECK(allocated_bytes() == before);
}

}  // namespace
}  // namespace fairlead::core
