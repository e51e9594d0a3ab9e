// SPDX-License-Identifier: Apache-2.0
#include "auth/fetch_schedule.h"

#include <algorithm>

namespace fairlead::auth {

bool FetchSchedule::want(base::Steady now) {
    if (due(now)) return true;
    const base::Steady soonest = *started_ + kLeast;  // nothing was started: it is due
    if (soonest >= next_) return false;
    next_ = soonest;
    return true;
}

void FetchSchedule::started(base::Steady now) {
    started_ = now;
    next_ = now + std::max<base::Steady::duration>(refresh_, kLeast);
}

void FetchSchedule::ended(base::Steady now, bool fetched) {
    if (fetched) {
        stale_ = now + max_age_;
    } else {
        next_ = std::min(next_, *started_ + kLeast);
    }
}

bool FetchSchedule::take_stale(base::Steady now) {
    if (!stale_ || now < *stale_) return false;
    stale_.reset();
    return true;
}

base::Steady FetchSchedule::next() const {
    return stale_ ? std::min(next_, *stale_) : next_;
}

}  // namespace fairlead::auth
