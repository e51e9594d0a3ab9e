// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/from_edge.h"
#include "core/history.h"
#include "core/namespaces.h"
#include "core/options.h"
#include "core/to_edge.h"
#include "wire/error.h"

namespace fairlead::core {

/// Makes it the word that what was missed cannot be had.
void give_up(StreamState& state);

/// What is kept of channels, for those who subscribe and those who ask: all that was missed and in order, or
/// a word that it cannot be had, never a part. Threads: one.
class Recovery {
public:
    Recovery(const Options& options, History& history) : options_(options), history_(history) {}

    /// For a new subscriber; `missed`: what it had seen when it was here before. Null: the channel keeps no
    /// history.
    StreamStatePtr begin(const NamespaceOptions* rules, std::string_view channel,
                         const std::optional<Missed>& missed) const;

    /// For a history command; a failure unless its code is 0.
    wire::Failure read(const NamespaceOptions* rules, const Query& query, Stored& stored) const;

private:
    void recover_stream(std::string_view channel, const Missed& missed, StreamState& state) const;
    void recover_newest(std::string_view channel, const Missed& missed, StreamState& state) const;
    bool fits(const std::vector<PublicationPtr>& publications) const;

    const Options& options_;
    History& history_;
};

}  // namespace fairlead::core
