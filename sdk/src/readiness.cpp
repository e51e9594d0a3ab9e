// SPDX-License-Identifier: Apache-2.0
#include "src/readiness.h"

#include "src/errors.h"

namespace fairlead::detail {

void Readiness::set_ready(bool ready) {
    {
        std::lock_guard lock(mutex_);
        ready_ = ready;
    }
    changed_.notify_all();
}

void Readiness::set_ended(Error why) {
    {
        std::lock_guard lock(mutex_);
        ready_ = false;
        if (!ended_) ended_ = std::move(why);
    }
    changed_.notify_all();
}

void Readiness::set_failed(Error why) {
    set_ended(std::move(why));
    if (failed_) failed_();
}

Result<void> Readiness::wait(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [this] { return ready_ || ended_; });
    if (ready_) return {};
    return ended_ ? *ended_ : make_error(wire::Code::deadline, "the broker has not taken the service yet");
}

std::optional<Error> Readiness::ended() const {
    std::lock_guard lock(mutex_);
    return ended_;
}

}  // namespace fairlead::detail
