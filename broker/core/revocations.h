// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "core/claims.h"
#include "core/revocation.h"

namespace fairlead::core {

/// What was revoked and must not let anybody in again. Of users and sessions only tokens made before are meant: those
/// without `iat`, or with one that is not later than the revocation. Bounded: of too many the one goes first whose time
/// ends first.
///
/// Threads: one.
class Revocations {
public:
    explicit Revocations(const base::Clock& clock, std::size_t most = 100'000) : clock_(clock), most_(most) {}

    /// False: it is remembered, but another one had to give way. A client id never comes again, so it is not kept.
    bool add(const Revocation& revocation);

    /// A key is accepted no more: its tokens that were verified until now let nobody in who is still on the way. It may
    /// be accepted again later.
    void withdraw(std::string_view key);

    bool cover(const Claims& claims) const;
    bool cover(const SubscriptionClaims& claims) const;

    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct Entry;
    using Name = std::pair<Target::Kind, std::string>;
    using Entries = std::map<Name, Entry>;
    using Ends = std::multimap<base::Steady, Entries::iterator>;
    struct Entry {
        base::Wall at{};
        Ends::iterator end{};
    };

    bool covers(Target::Kind kind, std::string name) const { return find(kind, std::move(name)) != nullptr; }
    bool covers(Target::Kind kind, std::string name, std::optional<base::Wall> issued) const;
    const Entry* find(Target::Kind kind, std::string name) const;
    void drop_old();
    void drop_first();

    const base::Clock& clock_;
    const std::size_t most_;
    template <typename AnyClaims>
    bool withdrawn(const AnyClaims& claims) const;

    std::map<std::string, base::Steady, std::less<>> withdrawn_;  // keys, and when; few
    Entries entries_;
    Ends ends_;
};

}  // namespace fairlead::core
