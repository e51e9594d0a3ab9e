// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace fairlead::app {

/// Bounds what one kind of message may add to the log, so that peers cannot fill a disk: kBurst lines at once
/// and kPerSecond from then on. Nothing is left out in silence: the next line of the kind tells how many
/// there were. Threads: any.
class LogLimit {
public:
    static constexpr double kBurst = 50;
    static constexpr double kPerSecond = 5;
    static constexpr std::size_t kMaxKinds = 512;  ///< what comes after shares one budget

    struct Verdict {
        bool write = true;
        std::uint64_t left_out = 0;  ///< lines of this kind since the last one that was written
    };

    Verdict admit(std::string_view kind, base::Steady now);

    /// The kinds of which lines were left out that no later one told of, with how many. Forgets them.
    std::vector<std::pair<std::string, std::uint64_t>> take_left_out();

private:
    struct Budget {
        double lines = kBurst;
        base::Steady at{};
        std::uint64_t left_out = 0;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    Budget& budget_of(std::string_view kind, base::Steady now);

    std::mutex mutex_;
    std::unordered_map<std::string, Budget, Hash, std::equal_to<>> budgets_;
};

}  // namespace fairlead::app
