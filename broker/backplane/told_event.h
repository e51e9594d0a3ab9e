// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/session_event.h"

/// Session events as services are told of them. Threads: any.
namespace fairlead::backplane {

/// One session event as it stands in a told frame. Encoded once, shared by the feeds of all groups.
using ToldEvent = std::shared_ptr<const std::string>;

/// Where an event comes from: it happened, or it is told because it is so.
enum class Origin : std::uint8_t { live, snapshot };

/// At most `max_bytes`: `meta`, then `state` is left out of one that would be longer, and that is marked.
ToldEvent encode(const core::SessionEvent& event, Origin origin, std::size_t max_bytes);

/// The marker before or after a snapshot.
ToldEvent encode_begin(core::Subjects subjects);
ToldEvent encode_end(core::Subjects subjects);

}  // namespace fairlead::backplane
