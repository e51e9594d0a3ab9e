// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "base/mailbox.h"
#include "base/wakeup.h"
#include "src/call_state.h"
#include "src/send_state.h"
#include "src/strands.h"
#include "src/worker_pool.h"

namespace fairlead::detail {

struct EndpointState;
struct ListenerState;
struct RequestState;

/// A request has its outcome.
struct Answered {
    std::shared_ptr<RequestState> request;
};
/// A request that has a place has its outcome, and its handler has ended: the next one's turn.
struct TurnEnded {
    std::shared_ptr<RequestState> request;
};
/// A listener that is serial has heard an event.
struct EventHeard {
    const ListenerState* listener;
};
/// An endpoint takes so many requests at once from now on.
struct SetWindow {
    EndpointState* endpoint;
    std::uint32_t window;
};
/// The handler of a lease has returned.
struct LeaseTold {
    StrandKey key;
    bool lost;  ///< it was told that the lease is lost
};
/// The program gives a key up.
struct GiveUp {
    EndpointState* endpoint;
    std::string key;
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
/// Run something on a handler thread, later.
struct Wake {
    base::Steady due;
    std::shared_ptr<Task> task;
};
/// Drain and leave, at `deadline` at the latest.
struct Leave {
    base::Steady deadline;
};

/// All that may pass to the I/O thread.
using Command = std::variant<Answered, TurnEnded, EventHeard, SetWindow, LeaseTold, GiveUp, Ask, Send,
                             Handled, Wake, Leave>;

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
