// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <unordered_map>
#include <vector>

#include "audit/findings.h"
#include "audit/history.h"

namespace fairlead::audit {

constexpr std::uint32_t kNoRecord = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

enum class Outcome : std::uint8_t { unknown, ok, fail };

/// One publication: what was begun, and what came of it.
struct Publication {
    std::int64_t invoked = 0;
    std::int64_t ended = kNever;  ///< when its outcome was known
    std::uint64_t offset = 0;     ///< of an acknowledged one in a stream
    std::uint32_t epoch = 0;
    std::uint32_t channel = 0;
    std::uint32_t publisher = 0;
    std::uint32_t seq = 0;
    std::uint32_t digest = 0;
    std::uint32_t reached = 0;
    std::uint32_t record = kNoRecord;  ///< of the invocation
    std::uint32_t outcome_record = kNoRecord;
    std::uint32_t live = 0;  ///< copies that were read, but for replays
    Outcome outcome = Outcome::unknown;

    bool ok() const { return outcome == Outcome::ok; }
};

/// All of one publisher in one channel, by seq, which is the order in which it published them.
using Flow = std::span<Publication>;

/// The acknowledged publications of a stream between two beginnings, by offset.
struct Epoch {
    std::uint32_t number = 0;
    std::int64_t begun = kNever;  ///< when the first acknowledgement came
    std::vector<const Publication*> publications;

    /// Of those with an offset in (after, until].
    std::uint64_t count(std::uint64_t after, std::uint64_t until) const;
    const Publication* first_after(std::uint64_t offset) const;
};

/// All publications of a history. Lifetime: Publication pointers as long as this. Threads: one at a time.
class Publications {
public:
    /// Contradictions, such as two outcomes of one, are findings of Rule::record.
    Publications(const History& history, Report& report);

    /// Null when nothing like it was published.
    Publication* find(std::uint32_t channel, std::uint32_t publisher, std::uint32_t seq) const;
    const std::vector<Flow>& flows_of(std::uint32_t channel) const;
    /// In the order in which they began.
    const std::vector<Epoch>& epochs_of(std::uint32_t channel) const;
    std::span<const Publication> all() const { return all_; }
    /// kHistory, kCache, kDrops.
    std::uint8_t rules_of(std::uint32_t channel) const { return rules_[channel]; }

private:
    void collect(const History& history, Report& report);
    void index();
    void settle(const History& history, Report& report);
    void order_streams();

    std::vector<Publication> all_;
    std::unordered_map<std::uint64_t, Flow> by_flow_;
    std::vector<std::vector<Flow>> flows_;
    std::vector<std::vector<Epoch>> epochs_;
    std::vector<std::uint8_t> rules_;
};

}  // namespace fairlead::audit
