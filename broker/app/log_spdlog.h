// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/log.h"
#include "config/log_options.h"

namespace spdlog {
class logger;
}

namespace fairlead::app {

/// The broker's log on stderr, a line each, as text or as JSON objects. Text from peers is escaped and cut at 256 bytes.
/// Threads: any.
class LogSpdlog final : public base::Log {
public:
    explicit LogSpdlog(const config::LogOptions& options);
    ~LogSpdlog() override;

    bool enabled(base::LogLevel level) const noexcept override;
    void write(base::LogLevel level, std::string_view message, base::LogFields fields) noexcept override;

private:
    const config::LogFormat format_;
    std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace fairlead::app
