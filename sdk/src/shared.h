// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "src/counters.h"
#include "src/host.h"
#include "src/inbox.h"
#include "src/open_tasks.h"
#include "src/service_log.h"
#include "wire/limits.h"

namespace fairlead::detail {

/// What the threads of a service have in common. It lives as long as anything that may still answer or send.
/// Threads: any.
struct Shared {
    Shared(std::shared_ptr<ServiceLog> service_log, std::size_t queue_limit_bytes,
           std::shared_ptr<Host> on_host)
        : log(std::move(service_log)), host(std::move(on_host)), queue_bytes(queue_limit_bytes) {}

    const std::shared_ptr<ServiceLog> log;
    const std::shared_ptr<Host> host;
    const std::size_t queue_bytes;
    Inbox inbox;
    Counters counters;
    OpenTasks tasks;
    std::atomic<bool> ending{false};  ///< the time to stop is over: what has not begun is not begun
    std::atomic<bool> linked{false};  ///< the broker has welcomed us and is there
    std::atomic<std::size_t> max_payload_bytes{wire::kDefaultPayloadBytes};  ///< of the last welcome
    std::atomic<std::size_t> queued_bytes{0};

    /// Takes room in the queue; false if there is none. A single thing that is larger than the queue fits
    /// when it is alone.
    bool reserve(std::size_t bytes) noexcept {
        std::size_t before = queued_bytes.fetch_add(bytes, std::memory_order_relaxed);
        if (before == 0 || before + bytes <= queue_bytes) return true;
        release(bytes);
        return false;
    }
    void release(std::size_t bytes) noexcept { queued_bytes.fetch_sub(bytes, std::memory_order_relaxed); }
};

}  // namespace fairlead::detail
