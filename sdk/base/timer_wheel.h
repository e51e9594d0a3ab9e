// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace fairlead::base {

/// Names one timer of a wheel; 0 is no timer. A name is not used again while it could be confused.
using TimerId = std::uint64_t;

/// Many timers for little: adding and cancelling are O(1) and allocate nothing once the wheel is warm.
/// A timer carries a T and fires up to one tick late, never early.
/// Threads: one.
template <typename T>
class TimerWheel {
public:
    explicit TimerWheel(Steady start, std::chrono::milliseconds tick = std::chrono::milliseconds(10),
                        std::size_t slots = 1024)
        : tick_(tick), start_(start), heads_(slots, kNone) {}

    TimerId add(Steady when, T value) {
        std::uint32_t index = take_node();
        Node& node = nodes_[index];
        node.due = std::max(tick_of(when), current_ + 1);
        node.value = std::move(value);
        link(index);
        ++size_;
        return (static_cast<TimerId>(node.generation) << 32) | (index + 1);
    }

    /// False if the timer has fired or was cancelled before.
    bool cancel(TimerId id) {
        std::uint32_t index = static_cast<std::uint32_t>(id & 0xffffffffU) - 1;
        if (id == 0 || index >= nodes_.size()) return false;
        Node& node = nodes_[index];
        if (!node.armed || node.generation != static_cast<std::uint32_t>(id >> 32)) return false;
        unlink(index);
        give_node(index);
        return true;
    }

    /// Calls fire(T&&) for each timer due at `now`. `fire` may add and cancel timers.
    template <typename Fire>
    void advance(Steady now, Fire&& fire) {
        std::int64_t target = floor_tick(now);
        if (size_ == 0) current_ = std::max(current_, target);
        while (current_ < target) {
            ++current_;
            fire_slot(fire);
        }
    }

    std::size_t size() const noexcept { return size_; }
    std::chrono::milliseconds tick() const noexcept { return tick_; }

private:
    static constexpr std::uint32_t kNone = 0xffffffffU;

    struct Node {
        std::int64_t due = 0;
        std::uint32_t next = kNone;
        std::uint32_t previous = kNone;
        std::uint32_t generation = 1;
        bool armed = false;
        T value{};
    };

    std::int64_t floor_tick(Steady when) const { return (when - start_) / tick_; }
    std::int64_t tick_of(Steady when) const { return (when - start_ + tick_ - Steady::duration(1)) / tick_; }
    std::uint32_t& head(std::int64_t due) { return heads_[static_cast<std::size_t>(due) % heads_.size()]; }

    template <typename Fire>
    void fire_slot(Fire& fire) {
        // `fire` may change the list, so start again at the head after each timer that fired. New timers are due in a
        // later tick, so this ends.
        std::uint32_t index = head(current_);
        while (index != kNone) {
            if (nodes_[index].due > current_) {
                index = nodes_[index].next;
                continue;
            }
            unlink(index);
            T value = std::move(nodes_[index].value);
            give_node(index);
            fire(std::move(value));
            index = head(current_);
        }
    }

    std::uint32_t take_node() {
        if (free_ == kNone) {
            nodes_.emplace_back();
            return static_cast<std::uint32_t>(nodes_.size() - 1);
        }
        std::uint32_t index = free_;
        free_ = nodes_[index].next;
        return index;
    }

    void give_node(std::uint32_t index) {
        Node& node = nodes_[index];
        node.value = T{};
        ++node.generation;
        node.next = free_;
        free_ = index;
        --size_;
    }

    void link(std::uint32_t index) {
        Node& node = nodes_[index];
        std::uint32_t& first = head(node.due);
        node.armed = true;
        node.previous = kNone;
        node.next = first;
        if (first != kNone) nodes_[first].previous = index;
        first = index;
    }

    void unlink(std::uint32_t index) {
        Node& node = nodes_[index];
        if (node.previous == kNone) {
            head(node.due) = node.next;
        } else {
            nodes_[node.previous].next = node.next;
        }
        if (node.next != kNone) nodes_[node.next].previous = node.previous;
        node.armed = false;
    }

    const std::chrono::milliseconds tick_;
    const Steady start_;
    std::int64_t current_ = 0;  // the last tick that fired
    std::size_t size_ = 0;
    std::uint32_t free_ = kNone;
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> heads_;
};

}  // namespace fairlead::base
