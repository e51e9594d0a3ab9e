// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/request.h"

namespace fairlead::backplane {

struct Endpoint;
struct Route;

/// A request without an outcome.
struct Pending {
    enum class State : std::uint8_t {
        queued,     ///< in the queue of `route`
        sent,       ///< handed to `endpoint`'s instance, or in that link's batch
        cancelled,  ///< nobody waits for it, but it still takes a place in the window of `endpoint`
        expired,    ///< its deadline passed in the queue: core cancels it any moment
    };
    core::Request request;
    State state = State::queued;
    std::uint32_t attempts = 0;    ///< times that it was handed to an instance
    std::uint64_t sending = 0;     ///< tells each handing over from all others
    Endpoint* endpoint = nullptr;  ///< sent, cancelled
    Route* route = nullptr;        ///< queued
    Pending* next = nullptr;
    Pending* previous = nullptr;
};

/// Requests in order. Allocates nothing; a request is in one list at most.
/// Threads: one.
class PendingList {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    Pending* front() const noexcept { return first_; }

    void push_back(Pending& pending) noexcept {
        pending.next = nullptr;
        pending.previous = last_;
        (last_ != nullptr ? last_->next : first_) = &pending;
        last_ = &pending;
    }

    void push_front(Pending& pending) noexcept {
        pending.previous = nullptr;
        pending.next = first_;
        (first_ != nullptr ? first_->previous : last_) = &pending;
        first_ = &pending;
    }

    void remove(Pending& pending) noexcept {
        (pending.previous != nullptr ? pending.previous->next : first_) = pending.next;
        (pending.next != nullptr ? pending.next->previous : last_) = pending.previous;
        pending.next = pending.previous = nullptr;
    }

private:
    Pending* first_ = nullptr;
    Pending* last_ = nullptr;
};

}  // namespace fairlead::backplane
