// SPDX-License-Identifier: Apache-2.0
#include "core/recovery.h"

#include <algorithm>
#include <utility>

namespace fairlead::core {
namespace {

using wire::Code;
using wire::failure;

bool same_epoch(const Missed& missed, const Position& top) {
    return missed.epoch.empty() || missed.epoch == top.epoch;
}

bool keeps(const NamespaceOptions* rules) {
    return rules != nullptr && rules->history_size > 0;
}

}  // namespace

void give_up(StreamState& state) {
    state.recovered = false;
    state.position.offset = state.top;
    state.publications.clear();
}

StreamStatePtr Recovery::begin(const NamespaceOptions* rules, std::string_view channel,
                               const std::optional<Missed>& missed) const {
    if (!keeps(rules)) return nullptr;
    auto state = std::make_unique<StreamState>();
    state->recoverable = rules->recovery != RecoveryMode::none;
    if (!missed || !state->recoverable) {
        state->position = history_.read(channel, {}).top;
        state->top = state->position.offset;
    } else if (rules->recovery == RecoveryMode::stream) {
        recover_stream(channel, *missed, *state);
    } else {
        recover_newest(channel, *missed, *state);
    }
    return state;
}

void Recovery::recover_stream(std::string_view channel, const Missed& missed, StreamState& state) const {
    Stored stored = history_.read(channel, {missed.offset, options_.max_recovered + 1, false});
    const std::uint64_t top = stored.top.offset;
    const auto& all = stored.publications;
    const bool complete = all.empty() ? missed.offset == top
                                      : all.front()->offset == missed.offset + 1 && all.back()->offset == top;
    state.top = top;
    state.recovered = complete && same_epoch(missed, stored.top) && fits(all);
    state.position = std::move(stored.top);
    if (!state.recovered) return;
    state.position.offset = missed.offset;
    state.publications = std::move(stored.publications);
}

void Recovery::recover_newest(std::string_view channel, const Missed& missed, StreamState& state) const {
    Stored stored = history_.read(channel, {std::nullopt, 1, true});
    const bool nothing_new = missed.offset == stored.top.offset && same_epoch(missed, stored.top);
    const bool has_newest =
        !stored.publications.empty() && stored.publications.front()->offset == stored.top.offset;
    state.top = stored.top.offset;
    state.recovered = has_newest || nothing_new;
    state.position = std::move(stored.top);
    if (has_newest && !(nothing_new && missed.offset > 0))
        state.publications = std::move(stored.publications);
}

bool Recovery::fits(const std::vector<PublicationPtr>& publications) const {
    std::size_t bytes = 0;
    for (const PublicationPtr& each : publications)
        bytes += each->data.bytes.size();
    return publications.size() <= options_.max_recovered && bytes <= options_.max_recovered_bytes;
}

wire::Failure Recovery::read(const NamespaceOptions* rules, const Query& query, Stored& stored) const {
    if (!keeps(rules)) return failure(Code::not_available, "the namespace of this channel keeps no history");
    if (query.reverse && query.since && query.since->offset == 0)
        return failure(Code::bad_request, "in reverse there is nothing before the offset 0");
    Range range;
    range.reverse = query.reverse;
    if (query.since) range.since = query.since->offset;
    const bool all = query.limit < 0;
    range.limit =
        all ? options_.max_history : std::min(static_cast<std::size_t>(query.limit), options_.max_history);
    stored = history_.read(query.channel, range);
    if (query.since && !same_epoch(*query.since, stored.top)) return failure(Code::unrecoverable);
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const PublicationPtr& each : stored.publications) {
        bytes += each->data.bytes.size();
        if (count > 0 && bytes > options_.max_recovered_bytes) break;
        ++count;
    }
    stored.publications.resize(count);
    return {};
}

}  // namespace fairlead::core
