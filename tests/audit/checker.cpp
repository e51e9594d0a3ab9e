// SPDX-License-Identifier: Apache-2.0
#include "audit/checker.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "audit/accounting.h"
#include "audit/counts.h"
#include "audit/losses.h"
#include "audit/publications.h"
#include "audit/requests.h"
#include "audit/stories.h"

namespace fairlead::audit {
namespace {

struct Case {
    const History& history;
    const Publications& publications;
    const std::vector<Story>& stories;
    Report& report;

    const Record& record(std::uint32_t index) const { return history.records[index]; }
    std::string at(std::uint32_t index) const { return history.describe(record(index)); }
    const Publication* publication_of(const Record& delivery) const {
        return publications.find(delivery.channel, delivery.publisher, delivery.seq);
    }
    bool is_stream(const Story& story) const { return publications.rules_of(story.channel) & kHistory; }
};

// 1.

const char* phantom(const Record& delivery, const Publication* publication) {
    if (publication == nullptr) return "nobody published ";
    if (publication->digest != delivery.digest) return "another payload was published than ";
    if (publication->invoked > delivery.stamp) return "published only after ";
    if (publication->outcome == Outcome::fail) return "refused, and yet ";
    return nullptr;
}

void check_phantoms(const Case& audit) {
    for (const Story& story : audit.stories) {
        for (const std::uint32_t each : story.deliveries) {
            const Record& delivery = audit.record(each);
            const char* wrong = phantom(delivery, audit.publication_of(delivery));
            if (wrong != nullptr) audit.report.add(Rule::phantom, wrong + audit.at(each));
        }
    }
}

// 3. The broker of this version is never sent a publication twice, so no double is allowed. When the SDK
// sends those with an unknown outcome again, the broker must suppress them, and this stays as it is.

void check_doubles(const Case& audit) {
    for (const Story& story : audit.stories) {
        std::vector<std::uint32_t> sorted = story.deliveries;
        const auto name = [&](std::uint32_t index) {
            return std::tie(audit.record(index).publisher, audit.record(index).seq);
        };
        std::stable_sort(sorted.begin(), sorted.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return name(a) < name(b); });
        for (std::size_t i = 1; i < sorted.size(); ++i) {
            if (name(sorted[i - 1]) != name(sorted[i])) continue;
            audit.report.add(Rule::duplicate, audit.at(sorted[i - 1]) + " and " + audit.at(sorted[i]));
        }
    }
}

// 4.

void check_order_of_publishers(const Case& audit, const Story& story) {
    std::unordered_map<std::uint32_t, std::uint32_t> last;  // delivery of each publisher
    for (const std::uint32_t each : story.deliveries) {
        const auto [found, first] = last.try_emplace(audit.record(each).publisher, each);
        if (!first && audit.record(each).seq < audit.record(found->second).seq)
            audit.report.add(Rule::order, audit.at(each) + " after " + audit.at(found->second));
        found->second = each;
    }
}

void check_order_of_offsets(const Case& audit, const Story& story) {
    std::unordered_set<std::uint32_t> left;  // epochs
    for (std::size_t i = 1; i < story.deliveries.size(); ++i) {
        const Record& before = audit.record(story.deliveries[i - 1]);
        const Record& now = audit.record(story.deliveries[i]);
        if (now.epoch != before.epoch) left.insert(before.epoch);
        const bool wrong = now.epoch == before.epoch ? now.offset <= before.offset : left.contains(now.epoch);
        if (wrong)
            audit.report.add(Rule::order,
                             audit.at(story.deliveries[i]) + " after " + audit.at(story.deliveries[i - 1]));
    }
}

void check_order(const Case& audit) {
    for (const Story& story : audit.stories) {
        check_order_of_publishers(audit, story);
        if (audit.is_stream(story)) check_order_of_offsets(audit, story);
    }
}

// Who is at which place of a stream, by whom.
struct Placed {
    std::uint32_t channel = 0;
    std::uint32_t epoch = 0;
    std::uint64_t offset = 0;
    const Publication* publication = nullptr;
    std::uint32_t record = kNoRecord;

    auto place() const { return std::tie(channel, epoch, offset); }
};

// The place of a publication is the one in its acknowledgement, else the one at its first delivery; each
// other must be the same.
class Places {
public:
    explicit Places(const Case& audit) : audit_(audit) {
        for (const Publication& each : audit.publications.all()) {
            if (each.ok()) take(each, audit.record(each.outcome_record), each.outcome_record);
        }
        for (const Story& story : audit.stories) {
            for (const std::uint32_t each : story.deliveries) {
                const Publication* publication = audit.publication_of(audit.record(each));
                if (publication != nullptr) take(*publication, audit.record(each), each);
            }
        }
    }

    void check() {
        std::vector<Placed> all;
        all.reserve(of_.size());
        for (const auto& [publication, placed] : of_)
            if (placed.epoch != 0) all.push_back(placed);
        std::sort(all.begin(), all.end(),
                  [](const Placed& a, const Placed& b) { return a.place() < b.place(); });
        for (std::size_t i = 1; i < all.size(); ++i) {
            if (all[i - 1].place() != all[i].place()) continue;
            audit_.report.add(Rule::place, "one place, two publications: " + audit_.at(all[i - 1].record) +
                                               " and " + audit_.at(all[i].record));
        }
    }

private:
    void take(const Publication& publication, const Record& record, std::uint32_t index) {
        const bool stream = audit_.publications.rules_of(publication.channel) & kHistory;
        if (stream != (record.epoch != 0) || stream != (record.offset != 0))
            audit_.report.add(Rule::place, "a place where there is none, or none: " + audit_.at(index));
        const Placed placed{publication.channel, record.epoch, record.offset, &publication, index};
        const auto [found, first] = of_.try_emplace(&publication, placed);
        if (!first && found->second.place() != placed.place())
            audit_.report.add(Rule::place, "one publication, two places: " + audit_.at(found->second.record) +
                                               " and " + audit_.at(index));
    }

    const Case& audit_;
    std::unordered_map<const Publication*, Placed> of_;
};

}  // namespace

Report check(const History& history) {
    Report report;
    const Publications publications(history, report);
    const std::vector<Story> stories = stories_of(history, publications, report);
    const Case audit{history, publications, stories, report};
    check_phantoms(audit);
    check_losses(history, publications, stories, report);
    check_doubles(audit);
    check_order(audit);
    Places(audit).check();
    check_requests(history, report);
    check_accounting(history, publications, stories, report);
    check_counts(history, publications, stories, report);
    return report;
}

}  // namespace fairlead::audit
