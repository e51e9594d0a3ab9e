// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "core/request.h"

namespace fairlead::backplane {

struct Endpoint;
struct Key;
struct Route;
class PendingList;

/// A request without an outcome.
struct Pending {
    enum class State : std::uint8_t {
        queued,     ///< in a queue of `route`
        resting,    ///< lost with its instance, and to be repeated in a moment
        sent,       ///< handed to `endpoint`'s instance, or in that link's batch
        cancelled,  ///< nobody waits for it, but it still takes a place in the window of `endpoint`
        expired,    ///< its deadline passed in the queue: core cancels it any moment
    };
    core::Request request;
    State state = State::queued;
    std::uint32_t attempts = 0;    ///< times that it was handed to an instance
    std::uint32_t losses = 0;      ///< instances that were lost with it
    std::uint64_t sending = 0;     ///< tells each handing over from all others
    base::Steady handed_over{};    ///< the last time
    Key* key = nullptr;            ///< nullptr: it has none
    Endpoint* endpoint = nullptr;  ///< sent, cancelled
    Route* route = nullptr;        ///< queued
    PendingList* queue = nullptr;  ///< queued: in which of the route's
    Pending* next = nullptr;
    Pending* previous = nullptr;
};

/// Requests in order. Allocates nothing; a request is in one list at most.
/// Threads: one.
class PendingList {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    Pending* front() const noexcept { return first_; }
    std::size_t size() const noexcept { return size_; }

    /// Whether it was asked before all that are here.
    bool all_after(const Pending& pending) const noexcept {
        return first_ == nullptr || pending.request.call < first_->request.call;
    }

    void push_back(Pending& pending) noexcept { insert(pending, nullptr); }

    /// Before all that were asked later. Core counts its calls, so their numbers tell.
    void push_by_age(Pending& pending) noexcept {
        Pending* later = nullptr;
        if (last_ != nullptr && last_->request.call > pending.request.call) {
            for (later = first_; later->request.call < pending.request.call;)
                later = later->next;
        }
        insert(pending, later);
    }

    void remove(Pending& pending) noexcept {
        (pending.previous != nullptr ? pending.previous->next : first_) = pending.next;
        (pending.next != nullptr ? pending.next->previous : last_) = pending.previous;
        pending.next = pending.previous = nullptr;
        --size_;
    }

private:
    /// `before` nullptr: at the end.
    void insert(Pending& pending, Pending* before) noexcept {
        pending.next = before;
        pending.previous = before != nullptr ? before->previous : last_;
        (pending.previous != nullptr ? pending.previous->next : first_) = &pending;
        (before != nullptr ? before->previous : last_) = &pending;
        ++size_;
    }

    Pending* first_ = nullptr;
    Pending* last_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace fairlead::backplane
