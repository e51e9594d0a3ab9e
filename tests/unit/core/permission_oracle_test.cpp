// SPDX-License-Identifier: Apache-2.0
// T32: the rules against an oracle that was written from the documentation alone, on generated rules and names.
#include <catch2/catch.hpp>

#include <random>

#include "core/permissions.h"

namespace fairlead::core {
namespace {

#ifdef NDEBUG
constexpr int kCases = 1'200'000;
#else
constexpr int kCases = 60'000;
#endif
constexpr int kCasesOfOneRuleSet = 200;

using Texts = std::vector<std::string>;

class Dice {
public:
    explicit Dice(unsigned seed) : random_(seed) {}
    std::size_t below(std::size_t n) { return random_() % n; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <typename T>
    const T& of(const std::vector<T>& items) {
        return items[below(items.size())];
    }
    Texts some(const Texts& texts, std::size_t most) {
        Texts picked;
        for (std::size_t i = below(most + 1); i > 0; --i)
            picked.push_back(of(texts));
        return picked;
    }

private:
    std::minstd_rand random_;
};

const Texts kUsers{"", "ada", "adam", "bob"};
const Texts kUserPatterns{"ada", "ada*", "*", "bo*", "b"};
const Texts kLabels{"staff", "stage", "x"};
const Texts kLabelPatterns{"sta*", "staff", "x*", "y"};
const Texts kClaims{"admin", "adult", "guest"};
const Texts kClaimPatterns{"admin", "ad*", "*", "g"};
const Texts kChannels{"a", "a:1", "a:12", "b:1", "c:1", "user:ada", "user:", "a b", "", ":1", "a:1*"};
const Texts kChannelPatterns{"a:*", "a:1", "*", "b:1*", "user:*", "a*"};
const Texts kTopics{"t.a", "t.b.c", "u", "t", "t..a", "", "_x.a", "t.*"};
const Texts kTopicPatterns{"t.*", "t.>", "u", ">", "t.b.c", "*.a"};

const std::vector<Decider> kWithoutToken{Decider::nobody, Decider::anyone, Decider::user, Decider::permission};

Options make_rules(Dice& dice) {
    Options options;
    for (const char* name : {"", "a", "b", "*"}) {
        NamespaceOptions rules;
        rules.name = name;
        for (std::size_t i = dice.below(3); i > 0; --i) {
            rules.subscribe.push_back(static_cast<Decider>(dice.below(5)));
            for (auto* list : {&rules.publish, &rules.presence, &rules.history})
                list->push_back(dice.of(kWithoutToken));
        }
        if (!dice.one_in(3)) options.namespaces.push_back(rules);
    }
    options.topics = dice.some(kTopicPatterns, 1);
    for (std::size_t i = dice.below(4); i > 0; --i) {
        PermissionOptions permission;
        permission.users = dice.some(kUserPatterns, 1);
        permission.labels = dice.some(kLabelPatterns, 2);
        if (dice.one_in(3)) permission.claims = {{"role", dice.of(kClaimPatterns)}};
        permission.topics = dice.some(kTopicPatterns, 2);
        permission.subscribe = dice.some(kChannelPatterns, 2);
        permission.publish = dice.some(kChannelPatterns, 2);
        permission.presence = dice.some(kChannelPatterns, 1);
        permission.history = dice.some(kChannelPatterns, 1);
        if (permission.users.empty() && permission.labels.empty() && permission.claims.empty())
            permission.users = {"*"};
        options.permissions.push_back(permission);
    }
    return options;
}

// ---- the oracle ------------------------------------------------------------------------------------------

bool glob(const std::string& pattern, const std::string& text) {
    if (pattern.empty() || pattern.back() != '*') return pattern == text;
    return text.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
}

bool any(const Texts& patterns, const std::string& text) {
    for (const std::string& pattern : patterns)
        if (glob(pattern, text)) return true;
    return false;
}

bool fits(const PermissionOptions& p, const Claims& c) {
    bool label = p.labels.empty();
    for (const std::string& own : c.labels)
        label = label || any(p.labels, own);
    bool claims = true;
    for (const auto& wanted : p.claims) {
        bool found = false;
        for (const auto& own : c.texts)
            found = found || (own.first == wanted.first && glob(wanted.second, own.second));
        claims = claims && found;
    }
    return label && claims && (p.users.empty() || (!c.user.empty() && any(p.users, c.user)));
}

struct Door {
    std::vector<Decider> NamespaceOptions::*deciders;
    Texts PermissionOptions::*channels;
};
const Door kSubscribe{&NamespaceOptions::subscribe, &PermissionOptions::subscribe};
const Door kPublish{&NamespaceOptions::publish, &PermissionOptions::publish};
const Door kPresence{&NamespaceOptions::presence, &PermissionOptions::presence};
const Door kHistory{&NamespaceOptions::history, &PermissionOptions::history};

bool may(const Options& o, const Claims& c, const std::string& channel, const Door& door, bool token) {
    if (channel.empty() || channel.find(' ') != std::string::npos || channel.rfind("user:", 0) == 0) return false;
    const std::size_t colon = channel.find(':');
    const std::string space = colon == std::string::npos ? "" : channel.substr(0, colon);
    const NamespaceOptions* rules = nullptr;
    for (const auto& n : o.namespaces)
        if (n.name == space || (n.name == "*" && rules == nullptr)) rules = &n;
    for (const auto& n : o.namespaces)
        if (n.name == space) rules = &n;
    if (rules == nullptr) return false;
    for (const Decider d : rules->*door.deciders) {
        if (d == Decider::anyone || (d == Decider::user && !c.user.empty()) || (d == Decider::token && token))
            return true;
        for (const auto& p : o.permissions)
            if (d == Decider::permission && fits(p, c) && any(p.*door.channels, channel)) return true;
    }
    return false;
}

Texts parts(const std::string& name) {
    Texts out{""};
    for (const char c : name) {
        if (c == '.') {
            out.emplace_back();
        } else {
            out.back() += c;
        }
    }
    return out;
}

bool covers(const std::string& pattern, const std::string& topic) {
    const Texts p = parts(pattern), t = parts(topic);
    for (const std::string& part : t)
        if (part.empty() || part == "*") return false;
    if (topic[0] == '_' && (p[0] == ">" || p[0] == "*")) return false;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (p[i] == ">") return t.size() > i;
        if (i >= t.size() || (p[i] != "*" && p[i] != t[i])) return false;
    }
    return p.size() == t.size();
}

bool may_call(const Options& o, const Claims& c, const std::string& topic) {
    for (const std::string& pattern : o.topics)
        if (covers(pattern, topic)) return true;
    for (const auto& p : o.permissions)
        for (const std::string& pattern : p.topics)
            if (fits(p, c) && covers(pattern, topic)) return true;
    return false;
}

// ----------------------------------------------------------------------------------------------------------

Claims make_claims(Dice& dice) {
    Claims claims;
    claims.user = dice.of(kUsers);
    claims.labels = dice.some(kLabels, 2);
    if (dice.one_in(2)) claims.texts = {{"role", dice.of(kClaims)}};
    return claims;
}

TEST_CASE("T32: every door gives the answer of the oracle", "[permissions][property]") {
    Dice dice(20);
    int granted = 0;
    for (int done = 0; done < kCases; done += kCasesOfOneRuleSet) {
        const Options options = make_rules(dice);
        const Permissions permissions(options);
        for (int i = 0; i < kCasesOfOneRuleSet; ++i) {
            const Claims claims = make_claims(dice);
            const auto badge = permissions.badge_of(claims);
            const Subject subject{claims.user, badge.get()};
            const std::string& channel = dice.of(kChannels);
            const std::string& topic = dice.of(kTopics);
            const bool token = dice.one_in(2);
            const bool subscribes = permissions.client_subscribes(subject, channel, token).code == 0;
            const bool publishes = permissions.client_publishes(subject, channel).code == 0;
            const bool calls = permissions.client_calls(subject, topic).code == 0;
            const bool sees = permissions.client_sees_presence(subject, channel).code == 0;
            const bool reads = permissions.client_sees_history(subject, channel).code == 0;
            if (subscribes != may(options, claims, channel, kSubscribe, token) ||
                publishes != may(options, claims, channel, kPublish, false) ||
                sees != may(options, claims, channel, kPresence, false) ||
                reads != may(options, claims, channel, kHistory, false) || calls != may_call(options, claims, topic)) {
                FAIL("case " << done + i << ": user '" << claims.user << "' channel '" << channel << "' topic '"
                             << topic << "' token " << token << ": " << subscribes << publishes << sees << reads << calls);
            }
            granted += subscribes + publishes + calls;
        }
    }
    CHECK(granted > kCases / 4);  // neither side says no to everything
    CHECK(granted < kCases * 2);
}

}  // namespace
}  // namespace fairlead::core
