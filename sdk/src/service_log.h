// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <fairlead/options.h>

#include "base/log.h"

namespace fairlead::detail {

/// The log of one service: lines to ServiceOptions::log, or to stderr. Threads: any.
class ServiceLog final : public base::Log {
public:
    using Sink = std::function<void(LogLevel, std::string_view)>;

    /// Without a sink lines go to stderr, with time, level and the service's name.
    ServiceLog(std::string service, LogLevel level, Sink sink);

    bool enabled(base::LogLevel level) const noexcept override { return level >= level_; }
    void write(base::LogLevel level, std::string_view message, base::LogFields fields) noexcept override;

private:
    void write_to_stderr(base::LogLevel level, std::string_view line) const;

    const std::string service_;
    const base::LogLevel level_;
    const Sink sink_;
    std::mutex mutex_;
};

}  // namespace fairlead::detail
