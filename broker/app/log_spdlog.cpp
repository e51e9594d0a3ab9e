// SPDX-License-Identifier: Apache-2.0
#include "app/log_spdlog.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <chrono>
#include <string>
#include <utility>

#include "app/log_line.h"

namespace fairlead::app {
namespace {

constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";
constexpr const char* kTextPattern = "%Y-%m-%d %H:%M:%S.%e %l %v";
constexpr std::string_view kLeftOut = "lines of this message were left out";

spdlog::level::level_enum level_of(base::LogLevel level) {
    switch (level) {
        case base::LogLevel::debug:
            return spdlog::level::debug;
        case base::LogLevel::info:
            return spdlog::level::info;
        case base::LogLevel::warning:
            return spdlog::level::warn;
        case base::LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

}  // namespace

LogSpdlog::LogSpdlog(const config::LogOptions& options)
    : LogSpdlog(options, std::make_shared<spdlog::sinks::stderr_sink_mt>()) {}

LogSpdlog::LogSpdlog(const config::LogOptions& options, std::shared_ptr<spdlog::sinks::sink> sink)
    : format_(options.format), logger_(std::make_unique<spdlog::logger>("broker", std::move(sink))) {
    logger_->set_level(level_of(options.level));
    logger_->flush_on(spdlog::level::debug);
    logger_->set_pattern(format_ == config::LogFormat::json ? kJsonPattern : kTextPattern);
}

LogSpdlog::~LogSpdlog() {
    try {
        for (const auto& [message, count] : limit_.take_left_out()) {
            write_line(base::LogLevel::warning, kLeftOut, {{"of", message}, {"lines", count}});
        }
    } catch (...) {  // the log's end must not be the program's
    }
}

bool LogSpdlog::enabled(base::LogLevel level) const noexcept {
    return logger_->should_log(level_of(level));
}

void LogSpdlog::write(base::LogLevel level, std::string_view message, base::LogFields fields) noexcept {
    if (!enabled(level)) return;
    try {
        if (level == base::LogLevel::debug) {
            write_line(level, message, fields);
        } else {
            write_limited(level, message, fields);
        }
    } catch (...) {  // a line that cannot be written must not end what it tells of
    }
}

void LogSpdlog::write_limited(base::LogLevel level, std::string_view message, base::LogFields fields) {
    const auto verdict = limit_.admit(message, std::chrono::steady_clock::now());
    if (!verdict.write) return;
    if (verdict.left_out > 0) write_line(level, kLeftOut, {{"of", message}, {"lines", verdict.left_out}});
    write_line(level, message, fields);
}

void LogSpdlog::write_line(base::LogLevel level, std::string_view message, base::LogFields fields) {
    const bool json = format_ == config::LogFormat::json;
    const std::string line = json ? json_members(message, fields) : text_line(message, fields);
    logger_->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace fairlead::app
