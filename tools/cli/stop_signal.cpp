// SPDX-License-Identifier: Apache-2.0
#include "cli/stop_signal.h"

#include <csignal>

namespace fairlead::cli {
namespace {

volatile std::sig_atomic_t requested = 0;

}  // namespace

void catch_stop_signals() {
    struct sigaction action {};
    action.sa_handler = [](int) { requested = 1; };
    action.sa_flags = SA_RESETHAND;  // a second signal ends the program at once
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool stop_requested() {
    return requested != 0;
}

}  // namespace fairlead::cli
