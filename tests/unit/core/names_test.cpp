// SPDX-License-Identifier: Apache-2.0
// T30: what is granted is decided on the very bytes under which it is then delivered.
#include <random>

#include "wire/channel.h"
#include "wire/topic.h"
#include "world.h"

namespace fairlead::core {
namespace {

#ifdef NDEBUG
constexpr int kCases = 1'000'000;
#else
constexpr int kCases = 60'000;
#endif

Options ruled() {
    Options options;
    options.namespaces = {{"chat", {Decider::permission}, {Decider::permission}}, {"", {Decider::permission}, {}}};
    PermissionOptions ann;
    ann.users = {"ann"};
    ann.subscribe = {"chat:room.*", "plain"};
    ann.publish = {"chat:room.*"};
    ann.topics = {"chat.say.*", "shop.>"};
    options.permissions = {ann};
    return options;
}

/// What is granted, written down by hand: no decoding, no folding, bytes as they are.
bool granted(const std::string& channel) {
    const bool room = channel.rfind("chat:room.", 0) == 0 && wire::valid_channel(channel);
    return room || channel == "plain";
}

std::string make_name(std::mt19937& random) {
    static const std::vector<std::string> pieces{
        "chat", "chat:", "chat:room.", "room.", "plain",  "Chat",  "CHAT", ":",    "%3a", "%3A",    "%2e", ".",        "..",
        "/",    "*",     ">",          "?",     "#",      "$",     "_",    "\t",   "\n",  " ",      "x",   "\xc2\xa0", "\xff",
        "\xef\xbc\x9a", "\xd1\x81hat", "e\xcc\x81", "\xc3\xa9", std::string(1, '\0'), "chat.say.", "shop.", "\\u003a"};
    std::string name = random() % 3 == 0 ? "chat:room." : "";
    for (std::size_t n = random() % 4; n > 0; --n)
        name += pieces[random() % pieces.size()];
    return name;
}

TEST_CASE("T30: a channel is granted under the name on which publications are delivered, and under no other",
          "[names][property]") {
    World world(ruled());
    world.connect(kAnn, "ann");
    std::mt19937 random(30);
    int subscribed = 0;
    for (int i = 0; i < kCases; ++i) {
        const std::string name = make_name(random);
        world.broker->handle(Subscribe{kAnn, 2, name, {}});
        const bool let = std::holds_alternative<Subscribed>(world.edge(kAnn).posted.front());
        world.edge(kAnn).posted.clear();
        if (let != granted(name)) FAIL("'" << name << "' " << let);
        if (!let) continue;
        ++subscribed;
        const Reached reached = world.broker->publish(Publication{name, {Encoding::json, "1"}, {}, {}, 0});
        if (reached.clients != 1 || world.edge(kAnn).take<Deliver>()->channel != name) FAIL("'" << name << "'");
        world.broker->handle(Unsubscribe{kAnn, 3, name});
        world.edge(kAnn).posted.clear();
    }
    CHECK(subscribed > kCases / 10);
}

TEST_CASE("T30: a topic is granted under the name that services are asked by, and under no other",
          "[names][property]") {
    World world(ruled());
    world.connect(kAnn, "ann");
    std::mt19937 random(31);
    static const std::vector<std::string> pieces{"chat", "say", "shop", "x",  ".",   ".",  ".",    "..",  "*", ">",
                                                 "%2e",  "_",   "Chat", "/x", "\xc3\xa9", " ", "shop.", "chat.say."};
    int asked = 0;
    for (int i = 0; i < kCases; ++i) {
        std::string name = random() % 4 == 0 ? "shop." : "";
        for (std::size_t n = 1 + random() % 5; n > 0; --n)
            name += pieces[random() % pieces.size()];
        world.services.requests.clear();
        world.broker->handle(Call{kAnn, 2, name, {}});
        const bool let = !world.services.requests.empty();
        const bool expected = wire::matches("chat.say.*", name) || wire::matches("shop.>", name);
        if (let != expected) FAIL("'" << name << "' " << let);
        if (!let) {
            world.edge(kAnn).posted.clear();
            continue;
        }
        ++asked;
        if (world.services.requests.back().topic != name) FAIL("'" << name << "'");
        world.broker->settle(world.services.requests.back().call, Outcome("x"));
        world.edge(kAnn).posted.clear();
    }
    CHECK(asked > kCases / 50);
}

}  // namespace
}  // namespace fairlead::core
