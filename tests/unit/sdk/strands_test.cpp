// SPDX-License-Identifier: Apache-2.0
#include "src/strands.h"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <vector>

using fairlead::detail::StrandKey;
using fairlead::detail::Strands;

namespace {

struct Fixture {
    Strands<int> strands;
    std::vector<int> started;

    static StrandKey key(const std::string& name) { return {nullptr, name}; }
    auto start() {
        return [this](int&& item) { started.push_back(item); };
    }
    void enter(const std::string& name, int item, bool alone) {
        strands.enter(key(name), item, alone, start());
    }
    void leave(const std::string& name) { strands.leave(key(name), start()); }
    std::vector<int> take() { return std::exchange(started, {}); }
};

using Items = std::vector<int>;

}  // namespace

TEST_CASE("those that are alone run one after the other, other keys at once", "[strands]") {
    Fixture f;
    f.enter("a", 1, true);
    f.enter("a", 2, true);
    f.enter("b", 3, true);
    CHECK(f.take() == Items{1, 3});
    CHECK(f.strands.waiting() == 1);
    f.leave("a");
    CHECK(f.take() == Items{2});
    f.leave("a");
    f.leave("b");
    CHECK(f.take().empty());
    CHECK(f.strands.empty());
}

TEST_CASE("who is alone waits for all before it, and nobody overtakes", "[strands]") {
    Fixture f;
    f.enter("a", 1, false);
    f.enter("a", 2, false);
    f.enter("a", 3, true);
    f.enter("a", 4, false);
    CHECK(f.take() == Items{1, 2});
    f.leave("a");
    CHECK(f.take().empty());
    f.leave("a");
    CHECK(f.take() == Items{3});
    f.leave("a");
    CHECK(f.take() == Items{4});
    f.leave("a");
    CHECK(f.strands.empty());
}

TEST_CASE("one that waits can be taken out, and those behind it go on", "[strands]") {
    Fixture f;
    f.enter("a", 1, false);
    f.enter("a", 2, true);
    f.enter("a", 3, false);
    CHECK(f.take() == Items{1});
    CHECK(f.strands.remove(f.key("a"), 2, f.start()));
    CHECK(f.take() == Items{3});
    CHECK_FALSE(f.strands.remove(f.key("a"), 3, f.start()));
    CHECK_FALSE(f.strands.remove(f.key("b"), 3, f.start()));
    f.leave("a");
    f.leave("a");
    CHECK(f.strands.empty());
}

// A model that is nothing but the rules: all that entered, in order; an item may run if it is first, or if
// all before it run and none of them is alone.
TEST_CASE("random orders of entering and leaving keep the rules", "[strands]") {
    std::mt19937 random(GENERATE(range(1U, 20U)));
    Fixture f;
    struct Entry {
        int item;
        bool alone, running;
    };
    std::map<std::string, std::vector<Entry>> model;
    const auto settle = [&] {
        std::vector<int> expected;
        for (auto& [name, entries] : model) {
            for (std::size_t i = 0; i < entries.size(); ++i) {
                if (i > 0 && (entries[i].alone || entries[0].alone || !entries[i - 1].running)) break;
                if (!std::exchange(entries[i].running, true)) expected.push_back(entries[i].item);
            }
        }
        return expected;
    };
    for (int step = 0; step < 3000; ++step) {
        const std::string name(1, static_cast<char>('a' + random() % 3));
        auto& entries = model[name];
        const auto running = static_cast<std::size_t>(
            std::count_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.running; }));
        if (random() % 2 == 0) {
            const bool alone = random() % 3 == 0;
            entries.push_back({step, alone, false});
            f.enter(name, step, alone);
        } else if (running > 0) {
            entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(random() % running));
            f.leave(name);
        } else {
            continue;
        }
        REQUIRE(f.take() == settle());
        std::size_t waiting = 0;
        for (const auto& [key, all] : model) {
            for (const Entry& entry : all)
                waiting += entry.running ? 0 : 1;
        }
        REQUIRE(f.strands.waiting() == waiting);
    }
}
