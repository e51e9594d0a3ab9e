// SPDX-License-Identifier: Apache-2.0
// Rule 5: silent on good histories of requests, and each that was spoilt is caught.
#include "audit/requests.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
#include <optional>
#include <random>

namespace fairlead::audit {
namespace {

constexpr std::uint32_t kSeeds = 150;

void put(History& history, Record record) {
    record.stamp = static_cast<std::int64_t>(history.records.size() + 1);
    record.line = static_cast<std::uint32_t>(record.stamp);
    history.records.push_back(record);
}

// A faultless broker: what is lost on the way runs again only where it may.
History simulate(std::uint32_t seed) {
    std::mt19937 random(seed);
    const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    History history;
    const std::uint32_t topics[] = {history.channels.number_of("work.once"),
                                    history.channels.number_of("work.again")};
    for (std::uint32_t seq = 1; seq <= 200; ++seq) {
        Record asked{.actor = 1 + seq % 3, .channel = topics[seq % 2], .seq = seq, .kind = Kind::asked};
        asked.flags = seq % 2 == 1 ? kIdempotent : 0;
        put(history, asked);
        Record ran{
            .actor = 50, .channel = asked.channel, .publisher = asked.actor, .seq = seq, .kind = Kind::ran};
        Record answered{.actor = asked.actor, .seq = seq, .kind = Kind::answered};
        answered.code = chance(5) ? 111 : chance(5) ? 104 : 0;
        if (answered.code == 0) {
            put(history, ran);
            if (asked.flags & kIdempotent && chance(20)) put(history, ran);
            answered.code = chance(10) ? 100 : chance(10) ? 1422 : chance(5) ? kCut : 0;
        } else if (asked.flags & kIdempotent && chance(20)) {
            put(history, ran);  // lost with its instance, and nobody else took it
        }
        if (answered.code == 0) answered.digest = reply_digest(asked.actor, seq);
        put(history, answered);
    }
    return history;
}

using Fits = std::function<bool(const Record&)>;

struct Spoiling {
    const char* name;
    Fits fits;
    std::function<void(History&, std::size_t)> spoil;
};

std::size_t ran_of(const History& history, const Record& answered) {
    return static_cast<std::size_t>(
        std::count_if(history.records.begin(), history.records.end(), [&](const Record& each) {
            return each.kind == Kind::ran && each.publisher == answered.actor && each.seq == answered.seq;
        }));
}

const std::vector<Spoiling>& spoilings() {
    const auto is = [](Kind kind) { return [kind](const Record& each) { return each.kind == kind; }; };
    const auto is_reply = [](const Record& each) { return each.kind == Kind::answered && each.code == 0; };
    const auto erase = [](History& history, std::size_t at) {
        history.records.erase(history.records.begin() + static_cast<std::ptrdiff_t>(at));
    };
    const auto twice = [](History& history, std::size_t at) {
        history.records.push_back(Record(history.records[at]));
    };
    static const std::vector<Spoiling> all{
        {"lose an outcome", is(Kind::answered), erase},
        {"a second outcome", is(Kind::answered), twice},
        {"an outcome of nothing", is(Kind::answered),
         [](History& history, std::size_t at) { history.records[at].seq += 1000; }},
        {"another's reply", is_reply,
         [](History& history, std::size_t at) { history.records[at].digest ^= 1; }},
        {"a question twice", is(Kind::asked), twice},
        {"a question that nobody recorded", is(Kind::asked), erase},
        {"run what nobody asked", is(Kind::ran),
         [](History& history, std::size_t at) { history.records[at].seq += 1000; }},
        {"run under another topic", is(Kind::ran),
         [](History& history, std::size_t at) {
             history.records[at].channel = 3 - history.records[at].channel;
         }},
        {"run again", [](const Record& each) { return each.kind == Kind::ran && each.seq % 2 == 0; }, twice},
        {"reply without running", is_reply,
         [](History& history, std::size_t at) {
             const Record reply = history.records[at];
             std::erase_if(history.records, [&](const Record& each) {
                 return each.kind == Kind::ran && each.publisher == reply.actor && each.seq == reply.seq;
             });
         }},
        {"run and denied",
         [](const Record& each) { return each.kind == Kind::answered && each.seq % 2 == 0; },
         [](History& history, std::size_t at) {
             Record& answered = history.records[at];
             answered.code = 111;
             if (ran_of(history, answered) > 0) return;
             Record ran{.actor = 50, .publisher = answered.actor, .seq = answered.seq, .kind = Kind::ran};
             ran.channel = 1;
             history.records.push_back(ran);
         }},
    };
    return all;
}

TEST_CASE("5: no good history of requests has a finding", "[audit]") {
    for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
        Report report;
        check_requests(simulate(seed), report);
        INFO("seed " << seed << "\n" << report.text());
        CHECK(report.clean());
        CHECK(report.asked == 200);
        CHECK(report.replied + report.failed + report.cut == 200);
        CHECK(report.ran_again > 0);
    }
}

TEST_CASE("5: every spoilt history of requests is caught", "[audit]") {
    std::uint64_t mutants = 0;
    std::uint64_t caught = 0;
    for (const Spoiling& each : spoilings()) {
        for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
            History history = simulate(seed);
            std::mt19937 random(seed);
            std::size_t at = random() % history.records.size();
            while (!each.fits(history.records[at]))
                at = (at + 1) % history.records.size();
            each.spoil(history, at);
            Report report;
            check_requests(history, report);
            INFO(each.name << ", seed " << seed);
            CHECK(report.found.contains(Rule::request));
            ++mutants;
            caught += report.clean() ? 0 : 1;
        }
    }
    std::cout << caught << " of " << mutants << " spoilt histories of requests caught, by "
              << spoilings().size() << " kinds of spoiling\n";
    CHECK(mutants >= 1000);
    CHECK(caught == mutants);
}

}  // namespace
}  // namespace fairlead::audit
