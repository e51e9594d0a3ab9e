// SPDX-License-Identifier: Apache-2.0
#include "src/callback.h"

#include <exception>

namespace fairlead::detail {

void Callback::run() noexcept {
    try {
        done_(std::move(outcome_));
    } catch (const std::exception& exception) {
        log_->error("a callback threw", {{"topic", topic_}, {"what", exception.what()}});
    } catch (...) {
        log_->error("a callback threw", {{"topic", topic_}});
    }
}

}  // namespace fairlead::detail
