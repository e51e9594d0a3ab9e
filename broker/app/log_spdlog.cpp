// SPDX-License-Identifier: Apache-2.0
#include "app/log_spdlog.h"

#include <cmath>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <string>
#include <variant>

namespace fairlead::app {
namespace {

constexpr std::size_t kMaxTextBytes = 256;

spdlog::level::level_enum level_of(base::LogLevel level) {
    switch (level) {
        case base::LogLevel::debug: return spdlog::level::debug;
        case base::LogLevel::info: return spdlog::level::info;
        case base::LogLevel::warning: return spdlog::level::warn;
        case base::LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

// A JSON string that is ASCII whatever the text is: bytes that are none become \u00XX.
void append_string(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (char c : text.substr(0, kMaxTextBytes)) {
        auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte >= 0x7f) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += c;
        }
    }
    if (text.size() > kMaxTextBytes) out += "...";
    out += '"';
}

struct AppendValue {
    std::string& out;
    void operator()(std::int64_t value) const { out += std::to_string(value); }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(std::string_view value) const { append_string(out, value); }
    void operator()(double value) const { out += std::isfinite(value) ? std::to_string(value) : "null"; }
};

// The members after time and level, which the pattern writes.
std::string json_members(std::string_view message, base::LogFields fields) {
    std::string out = "\"message\":";
    append_string(out, message);
    for (const base::LogField& field : fields) {
        out += ',';
        append_string(out, field.name);
        out += ':';
        std::visit(AppendValue{out}, field.value);
    }
    return out;
}

}  // namespace

LogSpdlog::LogSpdlog(const config::LogOptions& options)
    : format_(options.format),
      logger_(std::make_unique<spdlog::logger>("broker", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
    logger_->set_level(level_of(options.level));
    logger_->flush_on(spdlog::level::debug);
    logger_->set_pattern(format_ == config::LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                                                            : "%Y-%m-%d %H:%M:%S.%e %l %v");
}

LogSpdlog::~LogSpdlog() = default;

bool LogSpdlog::enabled(base::LogLevel level) const noexcept { return logger_->should_log(level_of(level)); }

void LogSpdlog::write(base::LogLevel level, std::string_view message, base::LogFields fields) noexcept {
    try {
        bool json = format_ == config::LogFormat::json;
        logger_->log(level_of(level), "{}", json ? json_members(message, fields) : base::format_log_line(message, fields));
    } catch (...) {  // a line that cannot be written must not end what it tells of
    }
}

}  // namespace fairlead::app
