// SPDX-License-Identifier: Apache-2.0
#include "src/lease_task.h"

#include <exception>

namespace fairlead::detail {

void LeaseTask::run() noexcept {
    tell();
    shared_->inbox.post(LeaseTold{StrandKey{&endpoint_, lease_->key}, lost_});
}

void LeaseTask::tell() noexcept {
    const auto& handler = lost_ ? endpoint_.lost : endpoint_.acquired;
    if (!handler) return;
    const char* what = lost_ ? "on_lost threw" : "on_acquired threw";
    try {
        handler(*lease_);
    } catch (const std::exception& exception) {
        shared_->log->error(what,
                            {{"topic", endpoint_.topic}, {"key", lease_->key}, {"what", exception.what()}});
    } catch (...) {
        shared_->log->error(what, {{"topic", endpoint_.topic}, {"key", lease_->key}});
    }
}

}  // namespace fairlead::detail
