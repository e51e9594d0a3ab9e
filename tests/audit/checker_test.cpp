// SPDX-License-Identifier: Apache-2.0
// Each rule of the audit, in histories that fit on a page. A checker that was never seen to fail proves
// nothing.
#include "audit/checker.h"

#include <catch2/catch.hpp>

#include <set>

#include "support/temporary_file.h"

namespace fairlead::audit {
namespace {

// Three publications of publisher 1 in a stream, and three in a channel without.
const std::string kPublished = R"(C 1 deep 1
C 1 live 0
P 10 1 deep 1 71
K 12 1 deep 1 e1 1 1
P 20 1 deep 2 72
K 22 1 deep 2 e1 2 1
P 30 1 deep 3 73
K 32 1 deep 3 e1 3 1
P 40 1 live 1 81
K 42 1 live 1 - 0 1
P 50 1 live 2 82
K 52 1 live 2 - 0 1
P 60 1 live 3 83
K 62 1 live 3 - 0 1
)";

History read(const std::string& text) {
    const support::TemporaryFile file(text);
    History history;
    read_file(file.path(), history);
    return history;
}

std::map<Rule, std::uint64_t> found_in(const std::string& subscriber) {
    const Report report = check(read(kPublished + subscriber));
    INFO(report.text());
    CHECK((report.unexplained > 0) == report.found.contains(Rule::loss));
    return report.found;
}

std::set<Rule> rules_broken_by(const std::string& subscriber) {
    std::set<Rule> rules;
    for (const auto& [rule, count] : found_in(subscriber))
        rules.insert(rule);
    return rules;
}

using Rules = std::set<Rule>;

TEST_CASE("who has everything is no finding", "[audit]") {
    CHECK(rules_broken_by(R"(Q 5 9 1 deep 0 - 0
S 6 9 1 deep 0 e1 0
D 13 9 1 deep 0 e1 1 1 1 71
D 23 9 1 deep 0 e1 2 1 2 72
D 33 9 1 deep 0 e1 3 1 3 73
E 100 9 1 deep
Q 35 9 1 live 0 - 0
S 36 9 1 live 0 - 0
D 43 9 1 live 0 - 0 1 1 81
D 53 9 1 live 0 - 0 1 2 82
D 63 9 1 live 0 - 0 1 3 83
E 100 9 1 live
)") == Rules{});
}

TEST_CASE("1: what nobody published", "[audit]") {
    const std::string begin = "Q 1 9 1 live 0 - 0\nS 2 9 1 live 0 - 0\n";
    CHECK(rules_broken_by(begin + "D 43 9 1 live 0 - 0 1 9 81\n").contains(Rule::phantom));
    CHECK(rules_broken_by(begin + "D 43 9 1 live 0 - 0 2 1 81\n") == Rules{Rule::phantom});
    CHECK(rules_broken_by(begin + "D 43 9 1 live 0 - 0 1 1 80\n") == Rules{Rule::phantom});  // payload
    CHECK(rules_broken_by(begin + "D 39 9 1 live 0 - 0 1 1 81\n") == Rules{Rule::phantom});  // before it
    CHECK(rules_broken_by("P 70 1 live 4 84\nF 71 1 live 4 111\nQ 65 9 1 live 0 - 0\nS 66 9 1 live 0 - 0\n"
                          "D 72 9 1 live 0 - 0 1 4 84\n") == Rules{Rule::phantom});
}

TEST_CASE("2: a stream has no hole, and no end before the end", "[audit]") {
    const std::string begin = "Q 5 9 1 deep 0 - 0\nS 6 9 1 deep 0 e1 0\nD 13 9 1 deep 0 e1 1 1 1 71\n";
    CHECK(rules_broken_by(begin + "D 33 9 1 deep 0 e1 3 1 3 73\nE 100 9 1 deep\n") == Rules{Rule::loss});
    CHECK(rules_broken_by(begin + "D 23 9 1 deep 0 e1 2 1 2 72\nE 100 9 1 deep\n").contains(Rule::loss));
    // The history ends with the subscriber somewhere: nothing was promised beyond.
    CHECK(rules_broken_by(begin) == Rules{});
}

TEST_CASE("2: what a client missed is recovered, or told", "[audit]") {
    const std::string begin =
        "Q 5 9 1 deep 0 - 0\nS 6 9 1 deep 0 e1 0\nD 13 9 1 deep 0 e1 1 1 1 71\nL 14 9 1 0\nQ 31 9 2 deep 1 "
        "e1 1\n";
    const std::string end = "D 33 9 2 deep 0 e1 3 1 3 73\nE 100 9 2 deep\n";
    CHECK(rules_broken_by(begin + "S 31 9 2 deep 3 e1 1\nD 31 9 2 deep 1 e1 2 1 2 72\n" + end) == Rules{});
    CHECK(rules_broken_by(begin + "S 31 9 2 deep 1 e1 2\n" + end) == Rules{});            // told
    CHECK(rules_broken_by(begin + "S 31 9 2 deep 3 e1 1\n" + end) == Rules{Rule::loss});  // a part
    CHECK(rules_broken_by(begin + "S 31 9 2 deep 0 e1 2\n" + end) == Rules{Rule::loss});  // in silence
    CHECK(rules_broken_by(begin + "S 31 9 2 deep 3 e0 1\n").contains(Rule::loss));  // into another stream
    CHECK(rules_broken_by(begin + "S 31 9 2 deep 0 e1 2\nE 33 9 2 deep\n").contains(Rule::loss));
}

TEST_CASE("2: without history a subscriber gets what is published while it is there", "[audit]") {
    const std::string begin = "Q 5 9 1 live 0 - 0\nS 6 9 1 live 0 - 0\n";
    const std::string first = "D 43 9 1 live 0 - 0 1 1 81\n";
    const std::string third = "D 63 9 1 live 0 - 0 1 3 83\n";
    CHECK(rules_broken_by(begin + first + third) == Rules{Rule::loss});
    CHECK(rules_broken_by(begin + third) == Rules{Rule::loss});
    CHECK(rules_broken_by(begin + first) == Rules{});  // it was cut later, say
    CHECK(rules_broken_by(begin + first + "E 100 9 1 live\n").contains(Rule::loss));
    // Away in between.
    const std::string again =
        "L 44 9 1 3008\nQ 54 9 2 live 0 - 0\nS 55 9 2 live 0 - 0\nD 63 9 2 live 0 - 0 1 3 83\n";
    CHECK(rules_broken_by(begin + first + again) == Rules{});
    CHECK(
        check(read(kPublished + begin + first + again)).told[static_cast<std::size_t>(Reason::closed_slow)] ==
        1);
    // Another publisher's, begun when the third was acknowledged.
    CHECK(rules_broken_by("P 70 2 live 1 91\nK 72 2 live 1 - 0 1\n" + begin + first +
                          "D 53 9 1 live 0 - 0 1 2 82\nD 73 9 1 live 0 - 0 2 1 91\n") == Rules{Rule::loss});
}

TEST_CASE("2: where the rule is to drop, a slow reader misses what came while it did not read", "[audit]") {
    const std::string lossy = R"(C 1 lossy 4
P 110 1 lossy 1 1
K 111 1 lossy 1 - 0 1
P 120 1 lossy 2 2
K 121 1 lossy 2 - 0 1
P 130 1 lossy 3 3
K 131 1 lossy 3 - 0 1
Q 100 9 1 lossy 0 - 0
S 101 9 1 lossy 0 - 0
D 112 9 1 lossy 0 - 0 1 1 1
)";
    const std::string third = "D 132 9 1 lossy 0 - 0 1 3 3\n";
    CHECK(rules_broken_by(lossy + "Z 113 9\nT 122 9\n" + third) == Rules{});
    CHECK(rules_broken_by(lossy + "Z 113 9\nT 114 9\n" + third) == Rules{});  // what waited is read later
    CHECK(rules_broken_by(lossy + third) == Rules{Rule::loss});
    CHECK(rules_broken_by(lossy + third + "Z 133 9\nT 134 9\n") == Rules{Rule::loss});
}

TEST_CASE("3: nobody gets a publication twice", "[audit]") {
    const std::string begin = "Q 5 9 1 live 0 - 0\nS 6 9 1 live 0 - 0\nD 43 9 1 live 0 - 0 1 1 81\n";
    CHECK(rules_broken_by(begin + "D 44 9 1 live 0 - 0 1 1 81\n").contains(Rule::duplicate));
    CHECK(rules_broken_by(begin + "L 45 9 1 0\nQ 46 9 2 live 0 - 0\nS 47 9 2 live 0 - 0\n"
                                  "D 48 9 2 live 0 - 0 1 1 81\n")
              .contains(Rule::duplicate));
}

TEST_CASE("4: order of publishers, offsets and epochs", "[audit]") {
    const std::string live = "Q 5 9 1 live 0 - 0\nS 6 9 1 live 0 - 0\nD 43 9 1 live 0 - 0 1 1 81\n";
    CHECK(rules_broken_by(live + "D 63 9 1 live 0 - 0 1 3 83\nD 64 9 1 live 0 - 0 1 2 82\n") ==
          Rules{Rule::order});
    const std::string deep = "Q 5 9 1 deep 0 - 0\nS 6 9 1 deep 0 e1 0\nD 13 9 1 deep 0 e1 1 1 1 71\n";
    CHECK(rules_broken_by(deep + "D 24 9 1 deep 0 e1 1 1 2 72\n").contains(Rule::order));
    CHECK(rules_broken_by(deep +
                          "L 14 9 1 0\nQ 15 9 2 deep 1 e1 1\nS 16 9 2 deep 1 e2 0\nL 17 9 2 0\n"
                          "Q 18 9 3 deep 1 e2 0\nS 19 9 3 deep 1 e1 1\nD 23 9 3 deep 0 e1 2 1 2 72\n") ==
          Rules{});  // nothing was delivered in e2
    CHECK(rules_broken_by(deep + "P 15 2 deep 1 5\nL 14 9 1 0\nQ 15 9 2 deep 1 e1 1\nS 16 9 2 deep 1 e2 0\n"
                                 "D 17 9 2 deep 0 e2 1 2 1 5\nL 17 9 2 0\nQ 18 9 3 deep 1 e2 1\n"
                                 "S 19 9 3 deep 1 e1 1\nD 23 9 3 deep 0 e1 2 1 2 72\n") ==
          Rules{Rule::order});
}

TEST_CASE("4: a place of a stream has one publication, for all", "[audit]") {
    CHECK(rules_broken_by("P 35 2 deep 1 5\nK 36 2 deep 1 e1 3 0\n") == Rules{Rule::place});
    // Of unknown outcome, seen by two subscribers at two places.
    CHECK(rules_broken_by(
              "P 35 2 deep 1 5\nQ 33 8 1 deep 0 - 0\nS 34 8 1 deep 0 e1 3\nD 37 8 1 deep 0 e1 4 2 1 5\n"
              "Q 33 9 1 deep 0 - 0\nS 34 9 1 deep 0 e1 4\nD 37 9 1 deep 0 e1 5 2 1 5\n") ==
          Rules{Rule::place});
    CHECK(rules_broken_by("P 35 2 deep 1 5\nK 36 2 deep 1 - 0 0\n") == Rules{Rule::place});
    CHECK(rules_broken_by("P 35 2 live 1 5\nK 36 2 live 1 e1 1 0\n") == Rules{Rule::place});
}

TEST_CASE("nothing comes to whom is not subscribed", "[audit]") {
    CHECK(rules_broken_by("D 43 9 1 live 0 - 0 1 1 81\n") == Rules{Rule::outside});
    const std::string begin = "Q 5 9 1 live 0 - 0\nS 6 9 1 live 0 - 0\n";
    CHECK(rules_broken_by(begin + "X 7 9 1 live\nD 43 9 1 live 0 - 0 1 1 81\n") == Rules{Rule::outside});
    CHECK(rules_broken_by(begin + "N 7 9 1 live 2500\nD 43 9 1 live 0 - 0 1 1 81\n") == Rules{Rule::outside});
    CHECK(rules_broken_by(begin + "L 7 9 1 0\nD 43 9 1 live 0 - 0 1 1 81\n") == Rules{Rule::outside});
}

TEST_CASE("6: no more copies are read than were handed out, and of the last one exactly those", "[audit]") {
    const std::string two =
        "Q 55 8 1 live 0 - 0\nS 56 8 1 live 0 - 0\nQ 55 9 1 live 0 - 0\nS 56 9 1 live 0 - 0\n"
        "D 63 8 1 live 0 - 0 1 3 83\n";
    CHECK(rules_broken_by(two) == Rules{});
    CHECK(rules_broken_by(two + "D 63 9 1 live 0 - 0 1 3 83\n") == Rules{Rule::accounting});
    CHECK(rules_broken_by(two + "L 57 9 1 0\nQ 58 9 2 live 0 - 0\nS 64 9 2 live 0 - 0\nE 70 8 1 live\n"
                                "E 70 9 2 live\n") == Rules{Rule::accounting});
}

TEST_CASE("a record that contradicts itself is no proof of anything", "[audit]") {
    CHECK(rules_broken_by("K 33 1 deep 3 e1 3 1\n") == Rules{Rule::record});
    CHECK(rules_broken_by("P 33 1 deep 3 73\n") == Rules{Rule::record});
    CHECK(rules_broken_by("K 33 1 deep 7 e1 7 1\n").contains(Rule::record));
    CHECK(rules_broken_by("Q 5 9 1 live 0 - 0\nS 6 9 1 live 0 - 0\nQ 7 9 1 live 0 - 0\n") ==
          Rules{Rule::record});
    CHECK_THROWS(read("P 33 1 deep 3\n"));
    CHECK_THROWS(read("Y 33 1\n"));
    CHECK(read("P 33 1 deep 3 73\nP 34 1 de").records.size() == 1);  // its writer was killed
}

TEST_CASE("what is written is read again", "[audit]") {
    const support::TemporaryFile file("");
    {
        Recorder recorder(file.path());
        recorder.put({.kind = Kind::ok,
                      .actor = 4,
                      .channel = "a:b",
                      .epoch = "xyz",
                      .offset = 1ULL << 60,
                      .seq = 7,
                      .code = 3,
                      .stamp = 99});
    }
    History history;
    read_file(file.path(), history);
    REQUIRE(history.records.size() == 1);
    const Record& record = history.records.front();
    CHECK(record.kind == Kind::ok);
    CHECK(record.stamp == 99);
    CHECK(record.offset == 1ULL << 60);
    CHECK(history.epochs.name_of(record.epoch) == "xyz");
    CHECK_THAT(history.describe(record), Catch::EndsWith(":1: ok 4 a:b 7 xyz 1152921504606846976 3"));
}

}  // namespace
}  // namespace fairlead::audit
