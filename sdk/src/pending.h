// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <fairlead/result.h>

namespace fairlead::detail {

/// What became of something sent: the fields of the broker's acknowledgement, or an error.
struct Receipt {
    std::optional<Error> error;
    std::uint64_t offset = 0;
    std::string epoch;
    std::uint32_t reached = 0;
    std::uint32_t queued = 0;
    std::uint32_t dropped = 0;
};

/// Says that something failed and that nobody looked. Threads: any.
class FailureSink {
public:
    virtual ~FailureSink() = default;
    virtual void unseen(const Error& error) noexcept = 0;
};

/// The common state of a Future and the I/O thread: settled once.
/// Threads: any.
class Pending {
public:
    /// `sink` hears of a failure that the holder of the future did not wait for.
    explicit Pending(std::shared_ptr<FailureSink> sink) : sink_(std::move(sink)) {}

    /// The first one counts.
    void settle(Receipt receipt);

    bool settled() const;
    /// Blocks; the receipt is the object's.
    const Receipt& wait();
    /// nullptr if there is none when `timeout` is over.
    const Receipt* wait(std::chrono::milliseconds timeout);

    /// The future is gone.
    void abandon();

private:
    const std::shared_ptr<FailureSink> sink_;
    mutable std::mutex mutex_;
    std::condition_variable settled_;
    std::optional<Receipt> receipt_;  // guarded by mutex_; does not change once it is there
    bool seen_ = false;               // guarded by mutex_
    bool abandoned_ = false;          // guarded by mutex_
};

}  // namespace fairlead::detail
