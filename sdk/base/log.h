// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace fairlead::base {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// One named value of a log line. Text may come from a peer: the sink escapes and cuts it.
struct LogField {
    std::string_view name;
    std::variant<std::int64_t, double, bool, std::string_view> value;

    LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
    LogField(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    LogField(std::string_view n, bool v) : name(n), value(v) {}
    LogField(std::string_view n, double v) : name(n), value(v) {}
    template <typename Int, typename = std::enable_if_t<std::is_integral_v<Int> && !std::is_same_v<Int, bool>>>
    LogField(std::string_view n, Int v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

using LogFields = std::initializer_list<LogField>;

/// Where a part says what happened: a short constant message and named values.
/// Threads: any.
class Log {
public:
    virtual ~Log() = default;
    virtual bool enabled(LogLevel level) const noexcept = 0;
    virtual void write(LogLevel level, std::string_view message, LogFields fields) noexcept = 0;

    void debug(std::string_view message, LogFields fields = {}) noexcept { at(LogLevel::debug, message, fields); }
    void info(std::string_view message, LogFields fields = {}) noexcept { at(LogLevel::info, message, fields); }
    void warning(std::string_view message, LogFields fields = {}) noexcept { at(LogLevel::warning, message, fields); }
    void error(std::string_view message, LogFields fields = {}) noexcept { at(LogLevel::error, message, fields); }

private:
    void at(LogLevel level, std::string_view message, LogFields fields) noexcept {
        if (enabled(level)) write(level, message, fields);
    }
};

/// Says nothing. Threads: any.
class SilentLog final : public Log {
public:
    bool enabled(LogLevel) const noexcept override { return false; }
    void write(LogLevel, std::string_view, LogFields) noexcept override {}
};

/// One line of text: `message name=value name="text with \n escaped"`. Text values are cut at 256 bytes.
std::string format_log_line(std::string_view message, LogFields fields);

}  // namespace fairlead::base
