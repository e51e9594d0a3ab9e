// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <iostream>

#include "support/footprint.h"

namespace fairlead::support {

/// The most that a process has in memory from now on. One at a time of a process.
class Peak {
public:
    explicit Peak(pid_t pid) : pid_(pid) {
        forget_peak(pid);
        before_ = footprint_of(pid).resident;
    }
    /// Beyond what it had at the start.
    std::size_t growth() const {
        const std::size_t most = footprint_of(pid_).peak_resident;
        const std::size_t grown = most > before_ ? most - before_ : 0;
        std::cout << "the broker has grown by " << grown / kKiB << " KiB\n";
        return grown;
    }

private:
    const pid_t pid_;
    std::size_t before_;
};

}  // namespace fairlead::support
