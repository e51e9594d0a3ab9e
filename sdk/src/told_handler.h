// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "src/session_handlers.h"
#include "src/shared.h"
#include "wire/session_event.h"

namespace fairlead::detail {

/// Gives session events to their handlers, one after the other, and catches what those throw.
/// Threads: one at a time.
class ToldHandler {
public:
    /// `handlers` outlives it.
    ToldHandler(std::shared_ptr<Shared> shared, const SessionHandlers& handlers)
        : shared_(std::move(shared)), handlers_(handlers) {}

    /// The payload of a told frame, without its first `skip` events. `gap`: others were told what came
    /// before.
    void handle(std::string_view payload, std::size_t skip, bool gap) noexcept;

private:
    void give(const wire::SessionEvent& event);
    template <typename Event>
    void give_to(const std::function<void(const Event&)>& handler, const wire::SessionEvent& event);
    bool is_whole(const wire::SessionEvent& event);
    void failed(std::string_view what) noexcept;

    const std::shared_ptr<Shared> shared_;
    const SessionHandlers& handlers_;
    wire::ToldReader reader_;
    std::vector<wire::SessionEvent> events_;
    std::array<bool, 3> begun_{};  ///< snapshots of sessions, users, channels
};

}  // namespace fairlead::detail
