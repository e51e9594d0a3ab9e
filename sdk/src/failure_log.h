// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "src/pending.h"
#include "src/service_log.h"

namespace fairlead::detail {

/// Writes failures that nobody waited for: the first at once, then at most one line a second with their
/// number. Threads: any.
class FailureLog final : public FailureSink {
public:
    explicit FailureLog(std::shared_ptr<ServiceLog> log) : log_(std::move(log)) {}

    void unseen(const Error& error) noexcept override;

private:
    const std::shared_ptr<ServiceLog> log_;
    std::mutex mutex_;
    base::Steady next_line_{};     // guarded by mutex_
    std::uint64_t unwritten_ = 0;  // guarded by mutex_
};

}  // namespace fairlead::detail
