// SPDX-License-Identifier: Apache-2.0
#include "src/service_log.h"

#include <cstdio>
#include <ctime>

namespace fairlead::detail {
namespace {

base::LogLevel to_base(LogLevel level) {
    return static_cast<base::LogLevel>(level);
}
LogLevel to_public(base::LogLevel level) {
    return static_cast<LogLevel>(level);
}
static_assert(static_cast<int>(LogLevel::error) == static_cast<int>(base::LogLevel::error));

const char* name_of(base::LogLevel level) {
    switch (level) {
        case base::LogLevel::debug:
            return "debug";
        case base::LogLevel::info:
            return "info";
        case base::LogLevel::warning:
            return "warning";
        case base::LogLevel::error:
            break;
    }
    return "error";
}

}  // namespace

ServiceLog::ServiceLog(std::string service, LogLevel level, Sink sink)
    : service_(std::move(service)), level_(to_base(level)), sink_(std::move(sink)) {}

void ServiceLog::write(base::LogLevel level, std::string_view message, base::LogFields fields) noexcept {
    try {
        std::string line = base::format_log_line(message, fields);
        std::lock_guard lock(mutex_);
        if (sink_) {
            sink_(to_public(level), line);
        } else {
            write_to_stderr(level, line);
        }
    } catch (...) {
        // A log that cannot be written must not take the service with it.
    }
}

void ServiceLog::write_to_stderr(base::LogLevel level, std::string_view line) const {
    char when[32] = "";
    std::time_t now = std::time(nullptr);
    std::tm utc{};
    if (gmtime_r(&now, &utc) != nullptr) std::strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    std::fprintf(stderr, "%s %-7s %s: %.*s\n", when, name_of(level), service_.c_str(),
                 static_cast<int>(line.size()), line.data());
}

}  // namespace fairlead::detail
