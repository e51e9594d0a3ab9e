// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <unordered_map>

namespace fairlead::detail {

/// Coroutines of handlers that have begun and not ended, by their frames. Threads: any; destroy_all() when no
/// thread resumes any more.
class OpenTasks {
public:
    using Destroy = void (*)(void* frame);

    void add(void* frame, Destroy destroy);
    void remove(void* frame) noexcept;
    void destroy_all() noexcept;
    bool empty() const;

private:
    mutable std::mutex mutex_;
    std::unordered_map<void*, Destroy> frames_;  // guarded by mutex_
};

}  // namespace fairlead::detail
