// SPDX-License-Identifier: Apache-2.0
#include "src/signals.h"

#include <poll.h>

#include <atomic>
#include <cerrno>
#include <stdexcept>

#include "base/wakeup.h"

namespace fairlead::detail {
namespace {

std::atomic<bool> in_use{false};
std::atomic<bool> signalled{false};

/// Made once and never closed, since a signal may come at any time.
base::Wakeup& wakeup() {
    static base::Wakeup& instance = *new base::Wakeup();
    return instance;
}

void on_signal(int number) {
    if (signalled.exchange(true)) {
        struct sigaction fallback {};
        fallback.sa_handler = SIG_DFL;
        ::sigaction(number, &fallback, nullptr);
        ::raise(number);
        return;
    }
    int error = errno;
    wakeup().signal();
    errno = error;
}

}  // namespace

Signals::Signals() {
    if (in_use.exchange(true)) throw std::logic_error("Service::run() runs already in this process");
    signalled.store(false);
    wakeup().clear();
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGTERM, &action, &before_term_);
    ::sigaction(SIGINT, &action, &before_int_);
}

Signals::~Signals() {
    ::sigaction(SIGTERM, &before_term_, nullptr);
    ::sigaction(SIGINT, &before_int_, nullptr);
    in_use.store(false);
}

void Signals::wait() const {
    pollfd descriptor{wakeup().descriptor(), POLLIN, 0};
    while (::poll(&descriptor, 1, -1) < 0 && errno == EINTR) {
    }
}

void Signals::wake() noexcept {
    wakeup().signal();
}

}  // namespace fairlead::detail
