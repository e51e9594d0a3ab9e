// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "app/log_limit.h"
#include "base/log.h"
#include "config/log_options.h"

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace fairlead::app {

/// The broker's log, a line each, as text or as JSON objects. Lines are made as log_line.h says and limited
/// as log_limit.h says; those of level debug are not limited. A level that is off costs one comparison, and
/// only the write itself is under the sink's lock. Threads: any.
class LogSpdlog final : public base::Log {
public:
    /// On stderr.
    explicit LogSpdlog(const config::LogOptions& options);

    LogSpdlog(const config::LogOptions& options, std::shared_ptr<spdlog::sinks::sink> sink);

    /// Tells of lines that were left out and not told of yet.
    ~LogSpdlog() override;

    bool enabled(base::LogLevel level) const noexcept override;
    void write(base::LogLevel level, std::string_view message, base::LogFields fields) noexcept override;

private:
    void write_line(base::LogLevel level, std::string_view message, base::LogFields fields);
    void write_limited(base::LogLevel level, std::string_view message, base::LogFields fields);

    const config::LogFormat format_;
    const std::unique_ptr<spdlog::logger> logger_;
    LogLimit limit_;
};

}  // namespace fairlead::app
