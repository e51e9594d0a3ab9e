// SPDX-License-Identifier: Apache-2.0
#include "audit/findings.h"

#include <numeric>
#include <sstream>

namespace fairlead::audit {

const char* word_of(Rule rule) {
    constexpr std::array kWords{"record", "phantom", "loss",    "duplicate", "order",
                                "place",  "outside", "request", "accounting"};
    return kWords[static_cast<std::size_t>(rule)];
}

const char* word_of(Reason reason) {
    constexpr std::array<const char*, kReasons> kWords{
        "new epoch",          "not kept",           "cache",           "connection cut",
        "closed as too slow", "subscription ended", "dropped as slow", "subscribed afresh"};
    return kWords[static_cast<std::size_t>(reason)];
}

void Report::add(Rule rule, std::string text) {
    if (++found[rule] <= kMostTexts) findings.push_back({rule, std::move(text)});
}

std::string Report::text() const {
    std::ostringstream out;
    if (asked > 0) {
        out << "requests: " << asked << " asked, " << replied << " replies, " << failed << " errors, " << cut
            << " cut off; handlers ran " << ran << " times, " << ran_again << " of them again\n";
    }
    if (accepted + refused + unknown > 0) write_publications(out);
    for (const auto& [rule, count] : found)
        out << "findings of rule " << word_of(rule) << ": " << count << "\n";
    for (const Finding& finding : findings)
        out << "  " << word_of(finding.rule) << ": " << finding.text << "\n";
    return out.str();
}

void Report::write_publications(std::ostream& out) const {
    out << "publications: " << accepted << " accepted, " << refused << " refused, " << unknown
        << " with unknown outcome\n"
        << "deliveries: " << deliveries << ", " << replayed << " of them in recoveries; copies handed out "
        << handed_out << ", of those read " << handed_read << "\n"
        << "recoveries: " << recovered << " complete, " << not_recovered << " told that there is a gap\n"
        << "the broker's own counts: compared " << compared << " times\n"
        << "pairs: " << delivered << " delivered, "
        << std::accumulate(told.begin(), told.end(), std::uint64_t{0}) << " told lost (";
    for (std::size_t i = 0; i < told.size(); ++i)
        out << (i > 0 ? ", " : "") << word_of(static_cast<Reason>(i)) << " " << told[i];
    out << "), " << unexplained << " unexplained\n";
}

}  // namespace fairlead::audit
