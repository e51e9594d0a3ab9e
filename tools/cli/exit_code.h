// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fairlead::cli {

/// How every command ends, for scripts.
enum ExitCode : int {
    kDone = 0,
    kRefused = 1,      // the broker or a service said no
    kUsage = 2,        // the command line is wrong
    kUnreachable = 3,  // no connection, or it was lost
    kTooLate = 4,      // no answer in time
};

}  // namespace fairlead::cli
