// SPDX-License-Identifier: Apache-2.0
#include <fairlead/testing.h>

#include <catch2/catch.hpp>

#include "chat/chat.h"

using fairlead::Value;
using fairlead::testing::Broker;
using fairlead::testing::Client;
using fairlead::testing::Credentials;

namespace {

// The tables that the chat's first comment asks for.
constexpr const char* kRules = R"(
[client]
anonymous = true
topics = ["chat.>"]

[[namespace]]
name = "chat"
subscribe = ["user"]
presence = ["user"]
join_leave = true
history = ["user"]
history_size = 100
history_age = "24h"

[[namespace]]
name = "typing"
subscribe = ["user"]
)";

struct Chat {
    Chat() {
        install_chat(service);
        service.start();
        broker.wait_ready(service);
        REQUIRE(ann.subscribe("chat:lobby").ok());
        REQUIRE(bob.subscribe("chat:lobby").ok());
    }
    static Value say(const char* room, const char* text, const char* id = "") {
        return Value::map({{"room", room}, {"text", text}, {"id", id}});
    }

    Broker broker{kRules};
    fairlead::Service service{"chat", "1.0.0", broker.options()};
    Client ann = broker.as("ann");
    Client bob = broker.as("bob");
};

}  // namespace

TEST_CASE("what is said in a room is heard there", "[examples]") {
    Chat chat;
    REQUIRE(chat.ann.call("chat.say", Chat::say("lobby", "hello")).ok());
    const auto heard = chat.bob.next_publication("chat:lobby");
    CHECK(heard.data["name"].as_string() == "ann");
    CHECK(heard.data["text"].as_string() == "hello");
    CHECK(heard.offset == 1);
}

TEST_CASE("what is said twice with one id is said once", "[examples]") {
    Chat chat;
    REQUIRE(chat.ann.call("chat.say", Chat::say("lobby", "hello", "m1")).ok());
    REQUIRE(chat.ann.call("chat.say", Chat::say("lobby", "hello", "m1")).ok());
    REQUIRE(chat.bob.call("chat.say", Chat::say("lobby", "hello", "m1")).ok());  // another's id is another's
    CHECK(chat.bob.publications("chat:lobby").size() == 2);
}

TEST_CASE("who says nothing, too much, or in no room is told so", "[examples]") {
    Chat chat;
    CHECK(chat.ann.call("chat.say", Chat::say("cellar", "hello")).error().code == 1404);
    CHECK(chat.ann.call("chat.say", Chat::say("lobby", " \n")).error().code == 1422);
    CHECK(chat.ann.call("chat.say", Chat::say("lobby", std::string(4001, 'x').c_str())).error().code == 1422);
    Client nobody = chat.broker.connect(Credentials{}).value();
    CHECK(nobody.call("chat.say", Chat::say("lobby", "hello")).error().code == 101);
    CHECK(chat.broker.publications("chat:lobby").empty());
}

TEST_CASE("rooms have as many people as are subscribed", "[examples]") {
    Chat chat;
    const auto rooms = chat.ann.call("chat.rooms");
    REQUIRE(rooms.ok());
    CHECK(rooms->as_array()[0]["name"].as_string() == "lobby");
    CHECK(rooms->as_array()[0]["people"].as_integer() == 2);
    chat.bob.close();
    chat.broker.advance(
        std::chrono::milliseconds(1100));  // client.leave_delay: he might have been back at once
    CHECK(chat.ann.call("chat.rooms")->as_array()[0]["people"].as_integer() == 1);
}

TEST_CASE("who types is seen typing, in a channel of its own", "[examples]") {
    Chat chat;
    REQUIRE(chat.bob.subscribe("typing:lobby").ok());
    REQUIRE(chat.ann.call("chat.typing", Value::map({{"room", "lobby"}})).ok());
    CHECK(chat.bob.next_publication("typing:lobby").data["name"].as_string() == "ann");
    CHECK(chat.bob.publications("chat:lobby").empty());
}

TEST_CASE("who did not read gets what was said meanwhile", "[examples]") {
    Chat chat;
    chat.bob.stop_reading();
    for (int i = 0; i < 50; ++i)
        REQUIRE(chat.ann.call("chat.say", Chat::say("lobby", std::to_string(i).c_str())).ok());
    CHECK(chat.bob.publications("chat:lobby").empty());
    chat.bob.read_again();
    CHECK(chat.bob.publications("chat:lobby").size() == 50);
}
