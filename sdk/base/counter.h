// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace fairlead::base {

/// A number that one thread changes and any thread may read. It costs the writer an ordinary addition: no
/// other thread writes, so nothing needs to be locked. Threads: see there; readers may see a moment ago.
class Counter {
public:
    Counter() = default;
    Counter(const Counter&) = delete;
    Counter& operator=(const Counter&) = delete;

    Counter& operator+=(std::uint64_t more) noexcept {
        value_.store(value() + more, std::memory_order_relaxed);
        return *this;
    }
    Counter& operator-=(std::uint64_t less) noexcept { return *this += ~less + 1; }
    Counter& operator++() noexcept { return *this += 1; }
    Counter& operator--() noexcept { return *this -= 1; }

    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }
    operator std::uint64_t() const noexcept { return value(); }

private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace fairlead::base
