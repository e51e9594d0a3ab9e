// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "cli/exit_code.h"
#include "client/reply.h"
#include "client/result.h"

namespace fairlead::cli {

/// Say on stderr what went wrong and, where that is known, what to do; give the exit code. Threads: one.

ExitCode report(std::string_view doing, const client::Error& error);
ExitCode report(std::string_view doing, const client::ReplyError& error);
/// A mistake of the command line.
ExitCode report_usage(std::string_view text);

}  // namespace fairlead::cli
