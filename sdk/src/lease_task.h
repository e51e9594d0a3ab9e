// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include <fairlead/lease.h>

#include "src/endpoint_state.h"
#include "src/shared.h"
#include "src/worker_pool.h"

namespace fairlead::detail {

/// Tells the program that a lease is acquired or lost.
class LeaseTask final : public Task {
public:
    /// `endpoint` outlives it.
    LeaseTask(std::shared_ptr<Shared> shared, const EndpointState& endpoint,
              std::shared_ptr<const Lease> lease, bool lost)
        : shared_(std::move(shared)), endpoint_(endpoint), lease_(std::move(lease)), lost_(lost) {}

    void run() noexcept override;

private:
    void tell() noexcept;

    const std::shared_ptr<Shared> shared_;
    const EndpointState& endpoint_;
    const std::shared_ptr<const Lease> lease_;
    const bool lost_;
};

}  // namespace fairlead::detail
