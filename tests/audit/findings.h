// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "audit/history.h"

namespace fairlead::audit {

/// What is wrong, by the rules of the audit.
enum class Rule : std::uint8_t {
    record,      ///< the history contradicts itself: not the broker's fault, but nothing follows from it
    phantom,     ///< 1: delivered, but never published like that
    loss,        ///< 2: neither delivered nor told
    duplicate,   ///< 3
    order,       ///< 4: of one publisher, of offsets, of epochs
    place,       ///< 4: one place in a stream, two publications
    outside,     ///< delivered to whom was not subscribed
    request,     ///< 5: not one outcome, not its own, run twice, or run and denied
    accounting,  ///< 6
};

/// Why a subscriber did not get a publication, and knows that it may not have got it.
enum class Reason : std::uint8_t {
    new_epoch,     ///< recovered=false: the stream began anew
    not_kept,      ///< recovered=false: more was missed than is kept, or than one gets at once
    cache,         ///< the channel gives those who were away the newest publication only
    cut,           ///< no history, and the connection ended
    closed_slow,   ///< no history, and the broker closed the slow reader (3008)
    ended,         ///< no history, and the subscription was ended, by either side
    dropped_slow,  ///< no history, it did not read, and the channel's rule is to drop
    afresh,        ///< it subscribed without asking for what it missed
};
constexpr std::size_t kReasons = 8;

const char* word_of(Rule rule);
const char* word_of(Reason reason);

/// One thing that is wrong; the text names the lines.
struct Finding {
    Rule rule = Rule::record;
    std::string text;
};

/// What the audit says. Threads: one at a time. A pair is one acknowledged publication and one subscriber
/// that was to have it.
struct Report {
    std::vector<Finding> findings;  ///< at most kMostTexts a rule
    std::map<Rule, std::uint64_t> found;

    std::uint64_t accepted = 0;  ///< publications
    std::uint64_t refused = 0;
    std::uint64_t unknown = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t replayed = 0;     ///< of those in replies to subscribe
    std::uint64_t handed_out = 0;   ///< copies, by the acknowledgements
    std::uint64_t handed_read = 0;  ///< of those read
    std::uint64_t recovered = 0;    ///< replies to subscribe
    std::uint64_t not_recovered = 0;
    std::uint64_t compared = 0;  ///< times at which the broker's counts were held against the history

    std::uint64_t asked = 0;      ///< requests
    std::uint64_t replied = 0;    ///< of these, with a reply
    std::uint64_t failed = 0;     ///< ... with an error
    std::uint64_t cut = 0;        ///< ... whose caller's connection ended before
    std::uint64_t ran = 0;        ///< handlers
    std::uint64_t ran_again = 0;  ///< of these, for a request that had run before, and may

    std::uint64_t delivered = 0;                 ///< pairs
    std::array<std::uint64_t, kReasons> told{};  ///< pairs
    std::uint64_t unexplained = 0;               ///< pairs, and places that nothing is known of

    bool clean() const { return found.empty(); }
    void add(Rule rule, std::string text);
    /// Counts, and the first findings of each rule, for people.
    std::string text() const;

private:
    void write_publications(std::ostream& out) const;
};

constexpr std::size_t kMostTexts = 20;

}  // namespace fairlead::audit
