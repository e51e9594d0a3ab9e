// SPDX-License-Identifier: Apache-2.0
#include "wire/topic_map.h"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace fairlead::wire {
namespace {

using Parts = std::vector<std::string>;

Parts parts_of(const std::string& name) {
    Parts parts(1);
    for (const char c : name) {
        c == '.' ? static_cast<void>(parts.emplace_back()) : parts.back().push_back(c);
    }
    return parts;
}

/// A list of patterns, compared one by one: slow and plain, to compare with.
class Oracle {
public:
    bool insert(const std::string& pattern, int value) {
        return patterns_.emplace(pattern, std::pair(parts_of(pattern), value)).second;
    }
    bool erase(const std::string& pattern) { return patterns_.erase(pattern) == 1; }
    std::size_t size() const { return patterns_.size(); }

    std::map<std::string, int> all() const {
        std::map<std::string, int> all;
        for (const auto& [pattern, entry] : patterns_) {
            all.emplace(pattern, entry.second);
        }
        return all;
    }

    /// Values of the patterns that cover `topic`, the most specific first.
    std::vector<int> find_all(const std::string& topic) const {
        const Parts parts = parts_of(topic);
        std::map<std::string, int> found;
        for (const auto& [pattern, entry] : patterns_) {
            if (covers(entry.first, parts)) {
                found.emplace(ranks(entry.first), entry.second);
            }
        }
        std::vector<int> values;
        for (const auto& [rank, value] : found) {
            values.push_back(value);
        }
        return values;
    }

private:
    static bool covers(const Parts& pattern, const Parts& topic) {
        const bool open = pattern.back() == ">";
        if (open ? topic.size() < pattern.size() : topic.size() != pattern.size()) {
            return false;
        }
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            const bool wild = pattern[i] == "*" || pattern[i] == ">";
            const bool reserved = i == 0 && topic[0][0] == '_';
            if (wild ? reserved : pattern[i] != topic[i]) {
                return false;
            }
        }
        return true;
    }

    /// Two patterns that cover the same topic have equal literals, so their kinds of segment say all.
    static std::string ranks(const Parts& pattern) {
        std::string ranks;
        for (const std::string& part : pattern) {
            ranks += part == ">" ? '2' : part == "*" ? '1' : '0';
        }
        return ranks;
    }

    std::map<std::string, std::pair<Parts, int>> patterns_;
};

/// Random names over a small alphabet, so that they meet often.
class Names {
public:
    explicit Names(std::uint32_t seed) : engine_(seed) {}

    std::size_t below(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine_);
    }

    std::string topic() { return join({"a", "b", "_c"}); }
    std::string pattern() {
        const std::string name = join({"a", "b", "_c", "*"});
        return below(4) == 0 ? name + ".>" : below(16) == 0 ? ">" : name;
    }

private:
    std::string join(const std::vector<std::string>& segments) {
        std::string name = segments[below(segments.size())];
        for (std::size_t more = below(5); more > 0; --more) {
            name += "." + segments[below(segments.size())];
        }
        return name;
    }

    std::mt19937 engine_;
};

std::vector<int> found_in(TopicMap<int>& map, const std::string& topic) {
    std::vector<int> values;
    map.find_all(topic, [&](int& value) { values.push_back(value); });
    return values;
}

}  // namespace

TEST_CASE("the most specific pattern wins, from the left", "[wire][topic]") {
    TopicMap<int> map;
    const char* ordered[] = {"a.b.c", "a.b.*", "a.b.>", "a.*.c", "a.*.*", "a.*.>",
                             "a.>",   "*.b.c", "*.b.>", "*.*.c", "*.>",   ">"};
    for (int i = 0; i < 12; ++i) {
        REQUIRE(map.insert(ordered[i], i).second);
    }
    CHECK(found_in(map, "a.b.c") == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    for (int i = 0; i < 12; ++i) {
        REQUIRE(map.find("a.b.c") != nullptr);
        CHECK(*map.find("a.b.c") == i);
        CHECK(map.erase(ordered[i]));
    }
    CHECK(map.find("a.b.c") == nullptr);
    CHECK(map.empty());
}

TEST_CASE("a longer literal that leads nowhere does not hide a wildcard", "[wire][topic]") {
    TopicMap<int> map;
    map.insert("a.b.x", 1);
    map.insert("a.*.c", 2);
    map.insert("*.b.d", 3);
    CHECK(*map.find("a.b.c") == 2);
    CHECK(*map.find("a.b.d") == 3);
    CHECK(map.find("a.b") == nullptr);
    CHECK(map.find("a.b.e") == nullptr);
}

TEST_CASE("the same pattern is stored once", "[wire][topic]") {
    TopicMap<std::unique_ptr<int>> map;
    const auto [first, added] = map.insert("a.*", std::make_unique<int>(1));
    CHECK(added);
    const auto [second, again] = map.insert("a.*", std::make_unique<int>(2));
    CHECK_FALSE(again);
    CHECK(second == first);
    CHECK(**second == 1);
    CHECK(map.size() == 1);
}

TEST_CASE("exact lookup does not look through wildcards", "[wire][topic]") {
    TopicMap<int> map;
    map.insert("a.*", 1);
    map.insert("a.>", 2);
    map.insert("a", 3);
    CHECK(map.find_exact("a.b") == nullptr);
    CHECK(*map.find_exact("a.*") == 1);
    CHECK(*map.find_exact("a.>") == 2);
    CHECK(*map.find_exact("a") == 3);
    CHECK(map.find_exact("*") == nullptr);
    CHECK(map.find_exact(">") == nullptr);
    CHECK_FALSE(map.erase("a.b"));
    CHECK_FALSE(map.erase("a.b.c"));
    CHECK(map.size() == 3);
}

TEST_CASE("invalid names are neither stored nor found", "[wire][topic]") {
    TopicMap<int> map;
    CHECK(map.insert("a..b", 1).first == nullptr);
    CHECK(map.insert(">.a", 1).first == nullptr);
    CHECK(map.empty());
    map.insert(">", 1);
    CHECK(map.find("a..b") == nullptr);
    CHECK(map.find("*") == nullptr);
    CHECK(map.find("") == nullptr);
    CHECK(map.find("a") != nullptr);
    CHECK_FALSE(map.erase("a..b"));
}

TEST_CASE("values keep their place while others come and go", "[wire][topic]") {
    TopicMap<int> map;
    int* kept = map.insert("keep.me", 7).first;
    for (int i = 0; i < 1000; ++i) {
        map.insert("keep.t" + std::to_string(i), i);
    }
    for (int i = 0; i < 1000; ++i) {
        map.erase("keep.t" + std::to_string(i));
    }
    CHECK(map.find("keep.me") == kept);
    CHECK(*kept == 7);
    map.clear();
    CHECK(map.find("keep.me") == nullptr);
    CHECK(map.empty());
}

TEST_CASE("the topic map agrees with a plain list of patterns", "[wire][topic]") {
    Names names(1);
    TopicMap<int> map;
    Oracle oracle;
    for (int i = 0; i < 100'000; ++i) {
        const std::string pattern = names.pattern();
        if (names.below(2) == 0 || oracle.size() > 25) {
            REQUIRE(map.erase(pattern) == oracle.erase(pattern));
        } else if (valid_pattern(pattern)) {
            REQUIRE(map.insert(pattern, i).second == oracle.insert(pattern, i));
        }
        const std::string topic = names.topic();
        const std::vector<int> expected = oracle.find_all(topic);
        const int* best = map.find(topic);
        const bool same_best =
            expected.empty() ? best == nullptr : best != nullptr && *best == expected.front();
        if (!same_best || found_in(map, topic) != expected || map.size() != oracle.size()) {
            FAIL(topic);
        }
    }
}

TEST_CASE("walking a topic map gives each pattern with its value", "[wire][topic]") {
    Names names(2);
    TopicMap<int> map;
    Oracle oracle;
    for (int i = 0; i < 500; ++i) {
        const std::string pattern = names.pattern();
        if (map.insert(pattern, i).second) {
            oracle.insert(pattern, i);
        }
    }
    std::map<std::string, int> walked;
    map.for_each([&](std::string_view pattern, int& value) { walked.emplace(pattern, value); });
    CHECK(walked == oracle.all());
}

}  // namespace fairlead::wire
