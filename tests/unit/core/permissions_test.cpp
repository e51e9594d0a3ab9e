// SPDX-License-Identifier: Apache-2.0
#include "core/permissions.h"

#include <catch2/catch.hpp>
#include <random>
#include <stdexcept>

#include "wire/channel.h"

namespace fairlead::core {
namespace {

Options ruled() {
    Options options;
    options.topics = {"shop.*", "chat.>", "one"};
    options.namespaces = {{"open", {Decider::anyone}, {Decider::nobody, Decider::user}},
                          {"named", {Decider::user}, {}},
                          {"", {}, {Decider::anyone}}};
    return options;
}

/// The rules of `ruled` written down a second time, by hand: 0 = granted.
std::uint32_t expected(bool subscribe, const std::string& user, const std::string& channel) {
    if (!wire::valid_channel(channel)) return 107;
    const std::size_t colon = channel.find(':');
    const std::string name = colon == channel.npos ? "" : channel.substr(0, colon);
    if (name == "user") return 103;
    const bool named = !user.empty();
    if (name == "open") return subscribe || named ? 0 : 103;
    if (name == "named") return subscribe && named ? 0 : 103;
    if (name.empty()) return subscribe ? 103 : 0;
    return 102;
}

TEST_CASE("every door gives the answer of the rules, for any name", "[permissions]") {
    const Permissions permissions(ruled());
    std::mt19937 random(11);
    const std::vector<std::string> pieces{"open",
                                          "named",
                                          "user",
                                          "Open",
                                          ":",
                                          ":",
                                          "x",
                                          "*",
                                          ".",
                                          "..",
                                          "%3a",
                                          "_",
                                          "$",
                                          " ",
                                          "\t",
                                          "\xc3\xa9",
                                          "\xff",
                                          "\xef\xbc\x9a",
                                          std::string(1, '\0'),
                                          std::string(120, 'y')};
    for (int i = 0; i < 1'000'000; ++i) {
        std::string channel;
        for (std::size_t n = random() % 5; n > 0; --n)
            channel += pieces[random() % pieces.size()];
        const std::string user = random() % 2 == 0 ? "" : "ann";
        const std::uint32_t may_subscribe = permissions.client_subscribes({user}, channel).code;
        const std::uint32_t may_publish = permissions.client_publishes({user}, channel).code;
        if (may_subscribe != expected(true, user, channel) || may_publish != expected(false, user, channel)) {
            INFO("channel '" << channel << "' user '" << user << "'");
            CHECK(may_subscribe == expected(true, user, channel));
            CHECK(may_publish == expected(false, user, channel));
        }
    }
}

TEST_CASE("nothing is allowed without a rule", "[permissions]") {
    const Permissions permissions{Options{}};
    CHECK(permissions.client_subscribes({"ann"}, "news").code == 102);
    CHECK(permissions.client_publishes({"ann"}, "news").code == 102);
    CHECK(permissions.client_calls({}, "a").code == 103);
    CHECK(permissions.service_publishes("news").code == 102);
    CHECK(permissions.service_publishes("user:ann").code == 0);
    CHECK(permissions.service_calls("a").code == 0);
    CHECK(permissions.service_calls("_hook.connect").code == 103);
}

TEST_CASE("a namespace's own entry goes before the one for any other", "[permissions]") {
    Options options;
    options.namespaces = {{"*", {Decider::anyone}, {}}, {"shut", {Decider::nobody}, {}}};
    const Permissions permissions(options);
    CHECK(permissions.client_subscribes({""}, "shut:x").code == 103);
    CHECK(permissions.client_subscribes({""}, "other:x").code == 0);
    CHECK(permissions.client_subscribes({""}, "plain").code == 0);
    CHECK(permissions.client_subscribes({""}, "user:x").code == 103);
    CHECK(permissions.client_publishes({""}, "other:x").code == 103);
}

TEST_CASE("clients with equal tokens share a badge, those with a token's id have their own", "[permissions]") {
    const Permissions permissions{ruled()};
    Claims claims;
    claims.user = "ann";
    CHECK(permissions.badge_of(claims) == nullptr);
    claims.key_id = "blue";
    const BadgePtr ann = permissions.badge_of(claims);
    claims.user = "bob";
    CHECK(permissions.badge_of(claims) == ann);
    claims.labels = {"x"};
    const BadgePtr labelled = permissions.badge_of(claims);
    CHECK(labelled != ann);
    CHECK(permissions.renewed("bob", labelled) == labelled);
    for (int i = 0; i < 100; ++i) {  // more than are kept at hand
        claims.labels = {std::to_string(i)};
        CHECK(permissions.badge_of(claims)->labels == claims.labels);
    }
    claims.token_id = "t";
    CHECK(permissions.badge_of(claims) != permissions.badge_of(claims));
    CHECK(permissions.badge_of(claims)->token_id == "t");
}

TEST_CASE("rules that cannot be meant are refused at the start", "[permissions]") {
    Options options;
    SECTION("reserved namespace") {
        options.namespaces = {{"user", {}, {}}};
    }
    SECTION("namespace with a colon") {
        options.namespaces = {{"a:b", {}, {}}};
    }
    SECTION("namespace with a space") {
        options.namespaces = {{"a b", {}, {}}};
    }
    SECTION("namespace twice") {
        options.namespaces = {{"a", {}, {}}, {"a", {}, {}}};
    }
    SECTION("default namespace twice") {
        options.namespaces = {{"", {}, {}}, {"", {}, {}}};
    }
    SECTION("bad topic") {
        options.topics = {"a..b"};
    }
    SECTION("a token that should decide more than subscribing") {
        auto list = GENERATE(&NamespaceOptions::publish, &NamespaceOptions::presence, &NamespaceOptions::history);
        options.namespaces = {{"a", {}, {}}};
        options.namespaces[0].*list = {Decider::user, Decider::token};
    }
    SECTION("a hook that should decide more than subscribing and publishing") {
        auto list = GENERATE(&NamespaceOptions::presence, &NamespaceOptions::history);
        options.namespaces = {{"a", {}, {}}};
        options.namespaces[0].*list = {Decider::hook};
    }
    SECTION("reserved topic") {
        options.topics = {"_admin.>"};
    }
    SECTION("send topic that is a pattern") {
        options.send_topic = "a.*";
    }
    SECTION("reserved send topic") {
        options.send_topic = "_a";
    }
    CHECK_THROWS_AS(Permissions(options), std::invalid_argument);
}

}  // namespace
}  // namespace fairlead::core
