// SPDX-License-Identifier: Apache-2.0
#include "backplane/rights.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "unit/backplane/rig.h"
#include "wire/topic.h"

namespace fairlead::backplane {
namespace {

TEST_CASE("a pattern covers what is as narrow or narrower", "[rights]") {
    CHECK(covers("a.b", "a.b"));
    CHECK(covers("a.*", "a.b"));
    CHECK(covers("a.*", "a.*"));
    CHECK(covers("a.>", "a.b"));
    CHECK(covers("a.>", "a.*"));
    CHECK(covers("a.>", "a.>"));
    CHECK(covers("a.>", "a.b.>"));
    CHECK(covers(">", "a.b.c"));
    CHECK(covers(">", ">"));
    CHECK(covers("_hook.>", "_hook.a"));
    CHECK_FALSE(covers("a.b", "a.*"));
    CHECK_FALSE(covers("a.b", "a.b.c"));
    CHECK_FALSE(covers("a.b.c", "a.b"));
    CHECK_FALSE(covers("a.*", "a.>"));
    CHECK_FALSE(covers("a.*", "a.b.c"));
    CHECK_FALSE(covers("a.*", "a"));
    CHECK_FALSE(covers("a.>", "a"));
    CHECK_FALSE(covers("a.*.c", "a.>"));
    CHECK_FALSE(covers("*", ">"));
    CHECK_FALSE(covers("a", "A"));
    CHECK_FALSE(covers(">", "_hook.a"));
    CHECK_FALSE(covers("*.a", "_hook.a"));
    CHECK_FALSE(covers("a..b", "a..b"));
    CHECK_FALSE(covers("", ""));
}

std::vector<std::string> names(const std::vector<std::string>& segments) {
    std::vector<std::string> all;
    for (const auto& a : segments) {
        all.push_back(a);
        for (const auto& b : segments) {
            all.push_back(a + "." + b);
            for (const auto& c : segments)
                all.push_back(a + "." + b + "." + c);
        }
    }
    return all;
}

TEST_CASE("covering is what matching says of all topics", "[rights]") {
    // Four letters and three segments tell all patterns of two letters apart.
    const auto topics = names({"a", "b", "x", "y"});
    auto patterns = names({"a", "b", "*"});
    for (const auto& front : names({"a", "b", "*"})) {
        if (front.size() < 4) patterns.push_back(front + ".>");
    }
    patterns.push_back(">");
    for (const auto& allowed : patterns) {
        for (const auto& wanted : patterns) {
            bool all = true;
            for (const auto& topic : topics)
                all = all && (!wire::matches(wanted, topic) || wire::matches(allowed, topic));
            // What `>` reaches beyond three segments is not among the topics.
            if (wanted.back() == '>' && allowed.back() != '>') all = false;
            CAPTURE(allowed, wanted);
            CHECK(covers(allowed, wanted) == all);
        }
    }
}

TEST_CASE("channels are named in full or by their beginning", "[rights]") {
    ServiceRights rights;
    rights.channels = {"news", "shop:*"};
    CHECK(may_publish(rights, "news"));
    CHECK(may_publish(rights, "shop:"));
    CHECK(may_publish(rights, "shop:feed"));
    CHECK_FALSE(may_publish(rights, "news2"));
    CHECK_FALSE(may_publish(rights, "new"));
    CHECK_FALSE(may_publish(rights, "shop"));
    CHECK_FALSE(may_publish(rights, "user:7"));
    CHECK_FALSE(may_publish(rights, ""));
    CHECK_FALSE(may_publish(ServiceRights{}, "news"));
    rights.channels = {"*"};
    CHECK(may_publish(rights, "user:7"));
}

}  // namespace
}  // namespace fairlead::backplane
