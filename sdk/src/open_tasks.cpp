// SPDX-License-Identifier: Apache-2.0
#include "src/open_tasks.h"

#include <utility>

namespace fairlead::detail {

void OpenTasks::add(void* frame, Destroy destroy) {
    std::lock_guard lock(mutex_);
    frames_.emplace(frame, destroy);
}

void OpenTasks::remove(void* frame) noexcept {
    std::lock_guard lock(mutex_);
    frames_.erase(frame);
}

void OpenTasks::destroy_all() noexcept {
    std::unordered_map<void*, Destroy> frames;
    {
        std::lock_guard lock(mutex_);
        frames.swap(frames_);
    }
    // Without the lock: each of them removes itself.
    for (const auto& [frame, destroy] : frames)
        destroy(frame);
}

bool OpenTasks::empty() const {
    std::lock_guard lock(mutex_);
    return frames_.empty();
}

}  // namespace fairlead::detail
