// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace fairlead::core {

/// What happens to the publications of a channel for a subscriber that does not read as fast as they come.
enum class SlowReader : std::uint8_t {
    disconnect,   ///< the client is closed: 3008
    drop_oldest,  ///< what has waited longest gives way
    drop_newest,  ///< what comes is not queued
    conflate,  ///< the newest of the channel, or of each of its keys, takes the place of the one that waits
};

/// As in the configuration and in logs.
constexpr std::string_view to_string(SlowReader policy) noexcept {
    switch (policy) {
        case SlowReader::disconnect:
            return "disconnect";
        case SlowReader::drop_oldest:
            return "drop_oldest";
        case SlowReader::drop_newest:
            return "drop_newest";
        case SlowReader::conflate:
            return "conflate";
    }
    return {};
}

}  // namespace fairlead::core
