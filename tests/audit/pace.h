// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace fairlead::audit {

/// Memory that the processes of a run share, so that publishers go as fast as a healthy subscriber reads, on
/// any machine.
struct Page {
    std::atomic<std::uint64_t> credit;  ///< publications that may have begun, for what is read of them
    std::atomic<std::uint64_t> limit;   ///< and for what goes wrong meanwhile
    std::atomic<std::uint64_t> taken;   ///< that have, or were about to when their service was killed
    std::atomic<bool> over;             ///< no more; finish what is under way
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// A Page in a file. Threads: any.
class Pace {
public:
    /// Makes the file if there is none. Throws std::runtime_error if it cannot be had.
    explicit Pace(const std::string& path);
    ~Pace();
    Pace(const Pace&) = delete;
    Pace& operator=(const Pace&) = delete;

    Page& page() { return *page_; }

private:
    Page* page_;
};

}  // namespace fairlead::audit
