// SPDX-License-Identifier: Apache-2.0
#include "core/revocations.h"

#include <algorithm>

namespace fairlead::core {
namespace {

/// No user id has a newline.
std::string session_name(std::string_view user, std::string_view session) {
    return std::string(user).append("\n").append(session);
}

/// Nobody is on the way for longer: a hook has a minute at the most.
constexpr std::chrono::minutes kOnTheWay{2};

/// No clock that we add to overflows by this.
constexpr std::chrono::seconds kLongest = std::chrono::hours(24 * 365);

}  // namespace

bool Revocations::add(const Revocation& revocation) {
    const Target& target = revocation.target;
    if (target.kind == Target::Kind::client) return true;
    drop_old();
    const bool session = target.kind == Target::Kind::session;
    Name name{target.kind, session ? session_name(target.user, target.name) : std::string(target.name)};
    const base::Steady until = clock_.now() + std::clamp(revocation.remember, std::chrono::seconds(0), kLongest);
    const bool full = entries_.size() >= most_ && !entries_.contains(name);
    if (full) drop_first();
    const auto [at, added] = entries_.try_emplace(std::move(name));
    Entry& entry = at->second;
    entry.at = clock_.wall();
    // One that was to hold longer does.
    if (!added && entry.end->first >= until) return true;
    if (!added) ends_.erase(entry.end);
    entry.end = ends_.emplace(until, at);
    return !full;
}

void Revocations::withdraw(std::string_view key) {
    std::erase_if(withdrawn_, [&](const auto& each) { return each.second + kOnTheWay < clock_.now(); });
    withdrawn_.insert_or_assign(std::string(key), clock_.now());
}

template <typename AnyClaims>
bool Revocations::withdrawn(const AnyClaims& claims) const {
    const auto found = withdrawn_.find(claims.key_id);
    return found != withdrawn_.end() && claims.verified <= found->second;
}

bool Revocations::cover(const Claims& claims) const {
    if (withdrawn(claims)) return true;
    if (entries_.empty()) return false;
    return covers(Target::Kind::token, claims.token_id) || covers(Target::Kind::key, claims.key_id) ||
           covers(Target::Kind::user, claims.user, claims.issued) ||
           (!claims.session.empty() &&
            covers(Target::Kind::session, session_name(claims.user, claims.session), claims.issued));
}

bool Revocations::cover(const SubscriptionClaims& claims) const {
    return withdrawn(claims) || covers(Target::Kind::token, claims.token_id) || covers(Target::Kind::key, claims.key_id);
}

bool Revocations::covers(Target::Kind kind, std::string name, std::optional<base::Wall> issued) const {
    const Entry* entry = find(kind, std::move(name));
    return entry != nullptr && (!issued || *issued <= entry->at);
}

const Revocations::Entry* Revocations::find(Target::Kind kind, std::string name) const {
    if (name.empty()) return nullptr;
    const auto found = entries_.find({kind, std::move(name)});
    if (found == entries_.end() || found->second.end->first <= clock_.now()) return nullptr;
    return &found->second;
}

void Revocations::drop_old() {
    while (!ends_.empty() && ends_.begin()->first <= clock_.now())
        drop_first();
}

void Revocations::drop_first() {
    entries_.erase(ends_.begin()->second);
    ends_.erase(ends_.begin());
}

}  // namespace fairlead::core
