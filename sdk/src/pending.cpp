// SPDX-License-Identifier: Apache-2.0
#include "src/pending.h"

namespace fairlead::detail {

void Pending::settle(Receipt receipt) {
    bool unseen = false;
    {
        std::lock_guard lock(mutex_);
        if (receipt_) return;
        receipt_ = std::move(receipt);
        unseen = abandoned_ && !seen_ && receipt_->error;
    }
    settled_.notify_all();
    if (unseen) sink_->unseen(*receipt_->error);
}

bool Pending::settled() const {
    std::lock_guard lock(mutex_);
    return receipt_.has_value();
}

const Receipt& Pending::wait() {
    std::unique_lock lock(mutex_);
    settled_.wait(lock, [this] { return receipt_.has_value(); });
    seen_ = true;
    return *receipt_;
}

const Receipt* Pending::wait(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    if (!settled_.wait_for(lock, timeout, [this] { return receipt_.has_value(); })) return nullptr;
    seen_ = true;
    return &*receipt_;
}

void Pending::abandon() {
    bool unseen = false;
    {
        std::lock_guard lock(mutex_);
        abandoned_ = true;
        unseen = receipt_ && receipt_->error && !seen_;
    }
    if (unseen) sink_->unseen(*receipt_->error);
}

}  // namespace fairlead::detail
