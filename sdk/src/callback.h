// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <fairlead/call.h>

#include "src/call_state.h"
#include "src/service_log.h"
#include "src/worker_pool.h"

namespace fairlead::detail {

/// The end of a call_async on its way to a handler thread.
class Callback final : public Task {
public:
    /// Takes topic and callback out of `call`.
    Callback(std::shared_ptr<ServiceLog> log, CallState& call, Result<std::string> outcome)
        : log_(std::move(log)),
          topic_(std::move(call.topic)),
          done_(std::move(call.done)),
          outcome_(std::move(outcome)) {}

    void run() noexcept override;

private:
    const std::shared_ptr<ServiceLog> log_;
    const std::string topic_;
    const CallDone done_;
    Result<std::string> outcome_;
};

}  // namespace fairlead::detail
