// SPDX-License-Identifier: Apache-2.0
#include "backplane/stalls.h"

#include <chrono>

namespace fairlead::backplane {
namespace {

constexpr std::chrono::milliseconds kPatience{1000};
constexpr std::chrono::milliseconds kSweep{100};

bool stands_still(const Instance& instance, base::Steady now) noexcept {
    // Whoever gave an outcome a moment ago need not be looked through.
    if (now - instance.last_outcome < kPatience) return false;
    for (const Pending* pending = instance.calls.front(); pending != nullptr; pending = pending->next) {
        const base::Steady deadline = pending->request.deadline;
        if (deadline >= instance.last_outcome && deadline + kPatience <= now) return true;
    }
    return false;
}

}  // namespace

const std::vector<Instance*>& Stalls::sweep() {
    begun_.clear();
    const base::Steady now = clock_.now();
    const base::Steady last = last_sweep_.value_or(now);
    if (last_sweep_ && now - last < kSweep) return begun_;
    last_sweep_ = now;
    // The broker itself stood still: outcomes may wait to be read.
    if (now - last > kPatience / 2) return begun_;
    registry_.for_each([&](Instance& instance) {
        if (!instance.stalled && stands_still(instance, now)) begin(instance);
    });
    return begun_;
}

void Stalls::begin(Instance& instance) {
    instance.stalled = true;
    begun_.push_back(&instance);
    ++count_;
    log_.warning("an instance makes no progress: it gets no requests until it does",
                 {{"service", instance.service},
                  {"instance", instance.uuid},
                  {"link", instance.link},
                  {"outstanding", instance.outstanding}});
}

bool Stalls::end(Instance& instance) {
    instance.stalled = false;
    log_.info("an instance that made no progress gets requests again",
              {{"service", instance.service}, {"instance", instance.uuid}, {"link", instance.link}});
    return true;
}

}  // namespace fairlead::backplane
