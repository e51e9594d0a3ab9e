// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "world.h"

/// The broker against a naive model of it, in long random runs.
namespace fairlead::core {
namespace {

constexpr std::size_t kEdges = 3;
constexpr std::uint32_t kSlots = 12;

struct ModelClient {
    ClientKey key;
    std::string user;
    std::set<std::string> channels;
    std::set<std::uint32_t> open_calls;  // command ids without outcome
};

struct ModelRun {
    explicit ModelRun(std::uint64_t seed) : random(seed), world(options(), kEdges) {}

    static Options options() {
        Options options = World::open_options();
        options.max_subscriptions = 5;
        return options;
    }

    std::uint64_t below(std::uint64_t limit) { return random() % limit; }
    std::string a_channel() { return "c" + std::to_string(below(9)); }
    ClientKey a_key() {
        return {static_cast<EdgeIndex>(below(kEdges)), static_cast<std::uint32_t>(below(kSlots)), 0};
    }
    ModelClient* a_client() {
        if (clients.empty()) return nullptr;
        auto at = clients.begin();
        std::advance(at, static_cast<long>(below(clients.size())));
        return &at->second;
    }
    EdgeRecorder& edge(const ModelClient& client) { return world.edges[client.key.edge]; }

    void connect() {
        ClientKey key = a_key();
        if (clients.contains({key.edge, key.slot})) return;
        key.generation = ++generation;
        const std::string user = below(2) == 0 ? "" : "u" + std::to_string(below(4));
        world.connect(key, user);
        ModelClient client{key, user, {}, {}};
        if (!user.empty()) client.channels.insert("user:" + user);
        clients[{key.edge, key.slot}] = client;
    }

    void disconnect(ModelClient& client) {
        world.broker->handle(Disconnected{client.key, 0, {}});
        for (auto at = asked.begin(); at != asked.end();) {
            at = at->second.first == client.key ? asked.erase(at) : std::next(at);
        }
        clients.erase({client.key.edge, client.key.slot});
    }

    void subscribe(ModelClient& client) {
        const std::string channel = a_channel();
        const auto own = std::count_if(client.channels.begin(), client.channels.end(),
                                       [](const std::string& name) { return !name.starts_with("user:"); });
        world.broker->handle(Subscribe{client.key, 1, channel, {}});
        if (client.channels.contains(channel)) {
            REQUIRE(edge(client).take<Failed>().failure.code == 105);
        } else if (own >= 5) {
            REQUIRE(edge(client).take<Failed>().failure.code == 106);
        } else {
            REQUIRE(edge(client).take<Subscribed>().channel == channel);
            client.channels.insert(channel);
        }
    }

    void unsubscribe(ModelClient& client) {
        const std::string channel = a_channel();
        world.broker->handle(Unsubscribe{client.key, 1, channel});
        REQUIRE(edge(client).take<Unsubscribed>().channel == channel);
        client.channels.erase(channel);
    }

    void publish() {
        const std::string channel = below(4) == 0 ? "user:u" + std::to_string(below(4)) : a_channel();
        std::array<std::uint32_t, kEdges> expected{};
        std::uint32_t all = 0;
        for (const auto& [place, client] : clients) {
            if (!client.channels.contains(channel)) continue;
            ++expected[client.key.edge];
            ++all;
        }
        for (EdgeRecorder& each : world.edges)
            each.room = below(20) != 0;
        bool room = true;
        for (std::size_t i = 0; i < kEdges; ++i)
            room = room && (expected[i] == 0 || world.edges[i].room);
        const Reached reached = world.broker->publish(Publication{channel, {Encoding::json, "1"}, {}, {}, 0});
        REQUIRE(reached.failure.code == (room ? 0U : 111U));
        REQUIRE(reached.clients == (room ? all : 0U));
        for (std::size_t i = 0; i < kEdges; ++i) {
            if (room && expected[i] > 0) REQUIRE(world.edges[i].take<Deliver>()->channel == channel);
        }
    }

    void call(ModelClient& client) {
        const std::uint32_t id = ++next_id;
        world.services.routed.deadline = world.clock.now() + std::chrono::milliseconds(50 + below(2000));
        const CallId call = world.call(client.key, id, "a.b");
        asked[call] = {client.key, id};
        client.open_calls.insert(id);
    }

    void settle() {
        if (asked.empty()) return;
        auto at = asked.begin();
        std::advance(at, static_cast<long>(below(asked.size())));
        const auto [key, id] = at->second;
        world.broker->settle(at->first, Outcome("x"));
        outcome(key, world.edges[key.edge].take<Answered>().id);
        if (below(3) == 0) {
            world.broker->settle(at->first, Outcome("again"));
            ++late;
        }
        asked.erase(at);
    }

    void pass_time() {
        world.clock.advance(std::chrono::milliseconds(below(500)));
        world.broker->tick();
        for (EdgeRecorder& each : world.edges) {
            while (!each.posted.empty()) {
                const auto failed = each.take<Failed>();
                REQUIRE(failed.failure.code == 100);
                outcome(failed.client, failed.id);
                std::erase_if(asked, [&](const auto& entry) {
                    return entry.second.first == failed.client && entry.second.second == failed.id;
                });
            }
        }
    }

    /// Each command id that got an outcome was still waiting for one.
    void outcome(const ClientKey& key, std::uint32_t id) {
        REQUIRE(clients[{key.edge, key.slot}].key == key);
        REQUIRE((clients[{key.edge, key.slot}].open_calls.erase(id) == 1));
    }

    void step() {
        const std::uint64_t what = below(100);
        ModelClient* client = a_client();
        if (what < 15 || client == nullptr) return connect();
        if (what < 22) return disconnect(*client);
        if (what < 42) return subscribe(*client);
        if (what < 54) return unsubscribe(*client);
        if (what < 72) return publish();
        if (what < 84) return call(*client);
        if (what < 94) return settle();
        pass_time();
    }

    void check() {
        std::set<std::string> channels;
        std::set<std::string> users;
        for (const auto& [place, client] : clients) {
            channels.insert(client.channels.begin(), client.channels.end());
            if (!client.user.empty()) users.insert(client.user);
        }
        const Counts counts = world.broker->counts();
        REQUIRE(counts.clients == clients.size());
        REQUIRE(counts.users == users.size());
        REQUIRE(counts.channels == channels.size());
        REQUIRE(counts.calls == asked.size());
        REQUIRE(counts.late_outcomes == late);
        REQUIRE(world.silent());
    }

    std::mt19937_64 random;
    World world;
    std::map<std::pair<EdgeIndex, std::uint32_t>, ModelClient> clients;
    std::map<CallId, std::pair<ClientKey, std::uint32_t>> asked;
    std::uint32_t generation = 0;
    std::uint32_t next_id = 0;
    std::uint64_t late = 0;
};

TEST_CASE("a hundred thousand random steps agree with the model", "[model]") {
    ModelRun run(GENERATE(1U, 2U));
    for (int i = 0; i < 100'000; ++i) {
        run.step();
        run.check();
    }
    while (ModelClient* client = run.a_client())
        run.disconnect(*client);
    run.check();
}

}  // namespace
}  // namespace fairlead::core
