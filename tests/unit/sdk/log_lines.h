// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <fairlead/options.h>

namespace fairlead::testing {

/// Keeps the lines of a service's log. Threads: any.
class LogLines {
public:
    void take_from(ServiceOptions& options) {
        options.log_level = LogLevel::debug;
        options.log = [this](LogLevel, std::string_view line) {
            std::lock_guard lock(mutex_);
            lines_.emplace_back(line);
        };
    }

    int count(std::string_view part) const {
        std::lock_guard lock(mutex_);
        int found = 0;
        for (const std::string& line : lines_)
            found += line.find(part) != std::string::npos ? 1 : 0;
        return found;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

}  // namespace fairlead::testing
