// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>
#include <zmq.hpp>

#include <fairlead/event.h>

#include "src/endpoint_state.h"
#include "src/shared.h"
#include "src/worker_pool.h"
#include "wire/frame.h"

namespace fairlead::detail {

/// One event for one listener. Its bytes count against the queue for as long as it lives.
class EventTask final : public Task {
public:
    using Bytes = std::shared_ptr<std::atomic<std::size_t>>;

    EventTask(std::shared_ptr<Shared> shared, const ListenerState& listener,
              std::shared_ptr<const Event> event, std::shared_ptr<const zmq::message_t> payload, Bytes queue);
    ~EventTask() override;
    EventTask(const EventTask&) = delete;
    EventTask& operator=(const EventTask&) = delete;

    void run() noexcept override;

private:
    void hear() noexcept;
    void run_listener();

    const std::shared_ptr<Shared> shared_;
    const ListenerState& listener_;
    const std::shared_ptr<const Event> event_;
    const std::shared_ptr<const zmq::message_t> payload_;
    const Bytes queue_;
    const std::size_t bytes_;
};

/// What an event costs the queue beside its payload, about.
inline constexpr std::size_t kEventBytes = 512;

std::shared_ptr<const Event> to_event(const wire::Event& frame);

}  // namespace fairlead::detail
