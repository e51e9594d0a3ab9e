// SPDX-License-Identifier: Apache-2.0
#include "src/failure_log.h"

namespace fairlead::detail {

void FailureLog::unseen(const Error& error) noexcept {
    std::uint64_t count;
    {
        std::lock_guard lock(mutex_);
        ++unwritten_;
        base::Steady now = std::chrono::steady_clock::now();
        if (now < next_line_) return;
        next_line_ = now + std::chrono::seconds(1);
        count = unwritten_;
        unwritten_ = 0;
    }
    log_->warning("could not be sent", {{"code", error.code}, {"why", error.message}, {"count", count}});
}

}  // namespace fairlead::detail
