// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fairlead::cli {

/// From now on SIGINT and SIGTERM only set a mark, so that a command ends in order. Threads: one.
void catch_stop_signals();
bool stop_requested();

}  // namespace fairlead::cli
