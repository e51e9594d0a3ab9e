// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/log.h"

namespace fairlead::config {

enum class LogFormat : std::uint8_t { text, json };

/// What the broker's log says and how.
struct LogOptions {
    base::LogLevel level = base::LogLevel::info;
    LogFormat format = LogFormat::text;
};

}  // namespace fairlead::config
