// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <fairlead/session_event.h>

namespace fairlead::detail {

/// Who is told of session events; empty = nobody. Do not change once the service is started.
struct SessionHandlers {
    std::function<void(const SessionEvent&)> session;
    std::function<void(const UserEvent&)> user;
    std::function<void(const ChannelEvent&)> channel;
};

}  // namespace fairlead::detail
