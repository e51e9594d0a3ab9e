// SPDX-License-Identifier: Apache-2.0
#include "backplane/leases.h"

#include <algorithm>
#include <chrono>

#include "backplane/route.h"

namespace fairlead::backplane {
namespace {

constexpr std::chrono::seconds kRelease{5};

/// Room for a million a millisecond, until the year 2248.
constexpr int kFenceBits = 20;
constexpr std::uint64_t kMaxClaim = std::uint64_t{1} << 63;

std::uint64_t first_fence(const base::Clock& clock) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(clock.wall().time_since_epoch());
    return static_cast<std::uint64_t>(std::max<std::int64_t>(since.count(), 0)) << kFenceBits;
}

}  // namespace

Leases::Leases(const Options& options, const base::Clock& clock, Outlet& outlet)
    : options_(options), clock_(clock), outlet_(outlet), fence_(first_fence(clock)) {}

bool Leases::full(const Route& route) const noexcept {
    return route.leases >= options_.max_leases;
}

void Leases::grant(Key& key) {
    key.fence = ++fence_;
    ++key.route->leases;
    ++size_;
    tell(key);
}

void Leases::end(Key& key) {
    if (key.ending) return;
    key.ending = true;
    key.ends = clock_.now() + kRelease;
    ending_.emplace(std::pair(key.ends, key.fence), &key);
    tell(key);
}

void Leases::free(Key& key) noexcept {
    if (key.ending) ending_.erase({key.ends, key.fence});
    key.ending = false;
    key.fence = 0;
    --key.route->leases;
    --size_;
}

void Leases::tell(const Key& key) {
    outlet_.send_lease(*key.endpoint->instance, {key.route->pattern, key.name, key.fence, !key.ending});
}

void Leases::refuse(Instance& instance, const wire::Claim& claim) {
    outlet_.send_lease(instance, {claim.topic, claim.key, claim.fence, false});
}

void Leases::lift(std::uint64_t fence) noexcept {
    // One that nobody can have been given would use up all that are left.
    if (fence < kMaxClaim) fence_ = std::max(fence_, fence);
}

Key* Leases::overdue() const noexcept {
    const bool any = !ending_.empty() && ending_.begin()->first.first <= clock_.now();
    return any ? ending_.begin()->second : nullptr;
}

}  // namespace fairlead::backplane
