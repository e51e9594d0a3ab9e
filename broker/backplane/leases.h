// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "backplane/key.h"
#include "backplane/options.h"
#include "backplane/outlet.h"
#include "base/clock.h"

namespace fairlead::backplane {

/// Leases of keys to owners: who is told what, fences, and the time that an owner has to release. Whose turn
/// it is then is dispatch's.
///
/// A fence is larger than all before it, of any key and across restarts: they begin at the wall clock, and
/// the claim of a larger one lifts them. Threads: one, core's.
class Leases {
public:
    Leases(const Options& options, const base::Clock& clock, Outlet& outlet);

    /// Whether the route may have no more.
    bool full(const Route& route) const noexcept;

    /// The key's endpoint becomes its owner, and is told.
    void grant(Key& key);

    /// The owner is told that the lease ends; it has five seconds to release it.
    void end(Key& key);

    /// The lease is over.
    void free(Key& key) noexcept;

    /// Tells the owner again how things stand.
    void tell(const Key& key);

    /// The answer to a claim that is not granted.
    void refuse(Instance& instance, const wire::Claim& claim);

    void lift(std::uint64_t fence) noexcept;

    /// One that ended and was not released in time.
    Key* overdue() const noexcept;

    std::size_t size() const noexcept { return size_; }

private:
    const Options& options_;
    const base::Clock& clock_;
    Outlet& outlet_;
    std::uint64_t fence_;  ///< the last one
    std::size_t size_ = 0;
    std::map<std::pair<base::Steady, std::uint64_t>, Key*> ending_;  ///< by time and fence
};

}  // namespace fairlead::backplane
