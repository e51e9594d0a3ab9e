// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace fairlead::detail {

/// Waits for SIGTERM or SIGINT, or for wake(). While it lives a second such signal ends the process, as if
/// nobody had handled it. Threads: one makes and waits; wake() any. At most one lives in a process.
class Signals {
public:
    /// Throws std::logic_error if there is one already.
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// Blocks until a signal came or wake() was called.
    void wait() const;
    static void wake() noexcept;

private:
    struct sigaction before_term_ {};
    struct sigaction before_int_ {};
};

}  // namespace fairlead::detail
