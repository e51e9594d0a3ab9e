// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"
#include "core/tap.h"
#include "testing/json.h"

namespace fairlead::testing {

/// What the broker has taken, and what was logged. Threads: any, but for the Tap's functions, which are
/// core's.
class Record final : public core::Tap, public base::Log {
public:
    void published(const core::PublicationPtr& publication) override;
    void emitted(const core::Event& event) override;

    bool enabled(base::LogLevel) const noexcept override { return true; }
    void write(base::LogLevel level, std::string_view message, base::LogFields fields) noexcept override;
    void add_line(std::string line);

    mutable std::mutex mutex;  ///< guards what follows
    std::condition_variable changed;

    template <typename T>
    struct Kept {
        std::vector<T> all;
        std::size_t given = 0;  ///< how many of them were waited for
    };
    std::map<std::string, Kept<Event>, std::less<>> events;              ///< by topic
    std::map<std::string, Kept<Publication>, std::less<>> publications;  ///< by channel
    std::vector<std::string> lines;
};

}  // namespace fairlead::testing
