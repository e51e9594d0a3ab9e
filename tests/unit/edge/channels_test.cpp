// SPDX-License-Identifier: Apache-2.0
#include "edge/channels.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>
#include <string>

#include "edge_fixture.h"

using fairlead::edge::Channel;
using fairlead::edge::Channels;
using fairlead::edge::Session;

// The two halves of each subscription know each other's place: after any number of joins and leaves in any order both
// sides still agree with a plain model.
TEST_CASE("channels and sessions agree after random joins and leaves", "[edge][channels]") {
    fairlead::edge::test::Thread thread;
    Channels& channels = thread.context.channels;
    std::vector<Session*> sessions;
    for (int i = 0; i < 12; ++i) sessions.push_back(&thread.connect().connection->session());
    std::map<Session*, std::set<std::string>> model;

    std::mt19937 random(11);
    for (int step = 0; step < 20'000; ++step) {
        Session* session = sessions[random() % sessions.size()];
        std::string name = "room:" + std::to_string(random() % 9);
        bool has = model[session].count(name) > 0;
        if (random() % 50 == 0) {
            channels.unsubscribe_all(*session);
            model[session].clear();
        } else if (has) {
            REQUIRE(channels.unsubscribe(*session, name) != 0);
            model[session].erase(name);
        } else {
            REQUIRE(channels.unsubscribe(*session, name) == 0);
            channels.subscribe(*session, name, false);
            model[session].insert(name);
        }
        for (Session* each : sessions) REQUIRE(each->subscriptions().size() == model[each].size());
    }
    for (int i = 0; i < 9; ++i) {
        std::string name = "room:" + std::to_string(i);
        std::set<Session*> expected;
        for (auto& [session, names] : model) {
            if (names.count(name) > 0) expected.insert(session);
        }
        const Channel* channel = channels.find(name);
        REQUIRE((channel != nullptr) == !expected.empty());
        if (channel == nullptr) continue;
        std::set<Session*> found;
        for (const Channel::Subscriber& subscriber : channel->subscribers) {
            found.insert(subscriber.session);
            CHECK(subscriber.session->subscriptions()[subscriber.place].channel == channel);
        }
        CHECK(found == expected);
        CHECK(channel->subscribers.size() == expected.size());
    }
    for (Session* session : sessions) channels.unsubscribe_all(*session);
    CHECK(channels.size() == 0);
}
