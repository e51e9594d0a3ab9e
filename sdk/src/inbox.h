// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "base/mailbox.h"
#include "src/call_state.h"
#include "src/send_state.h"
#include "base/wakeup.h"

namespace fairlead::detail {

struct RequestState;

/// A request has its outcome.
struct Answered {
    std::shared_ptr<RequestState> request;
};
/// Ask another service.
struct Ask {
    std::unique_ptr<CallState> call;
};
/// Publish, emit, push or disconnect.
struct Send {
    std::unique_ptr<SendState> send;
};
/// A batch of session events has been handled.
struct Handled {
    std::uint64_t generation;  ///< of the broker's run
    std::uint64_t last;        ///< number of its last event
};
/// Drain and leave, at `deadline` at the latest.
struct Leave {
    base::Steady deadline;
};

/// All that may pass to the I/O thread.
using Command = std::variant<Answered, Ask, Send, Handled, Leave>;

/// The I/O thread's mailbox and the descriptor that wakes it.
/// Threads: post() and close() any; the rest the I/O thread.
class Inbox {
public:
    /// False, and the command stays the caller's, when the I/O thread has ended.
    bool post(Command&& command) { return mailbox_.post(std::move(command)); }
    void close() { mailbox_.close(); }
    void wake() noexcept { wakeup_.signal(); }

    int descriptor() const noexcept { return wakeup_.descriptor(); }
    void clear_wakeup() noexcept { wakeup_.clear(); }

    template <typename Take>
    bool drain(Take&& take) {
        return mailbox_.drain(std::forward<Take>(take));
    }

private:
    base::Wakeup wakeup_;
    base::Mailbox<Command> mailbox_{0, [this] { wakeup_.signal(); }};
};

}  // namespace fairlead::detail
