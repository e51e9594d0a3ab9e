// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wire/frame.h"

/// Frames to header parts. Each appends one header to `out`, with all its fields; what `out` holds already
/// stays. The frame's str fields must be valid UTF-8 (the reader of the other side refuses others). Times are
/// clamped to 0 .. kMaxMilliseconds. Allocates only when `out` must grow.
///
/// Threads: any, on different `out`.
namespace fairlead::wire {

void write(const Greeting& frame, std::string& out);
void write(const Welcome& frame, std::string& out);
void write(const Refusal& frame, std::string& out);
void write(const Who& frame, std::string& out);
void write(const Heartbeat& frame, std::string& out);
void write(const Probe& frame, std::string& out);
void write(const Drain& frame, std::string& out);
void write(const Goodbye& frame, std::string& out);
void write(const Request& frame, std::string& out);
void write(const Reply& frame, std::string& out);
void write(const Error& frame, std::string& out);
void write(const Returned& frame, std::string& out);
void write(const Cancel& frame, std::string& out);
void write(const Event& frame, std::string& out);
void write(const Publication& frame, std::string& out);
void write(const Push& frame, std::string& out);
void write(const Control& frame, std::string& out);
void write(const Revoke& frame, std::string& out);
void write(const Ack& frame, std::string& out);
void write(const Told& frame, std::string& out);
void write(const Heard& frame, std::string& out);
void write(const Window& frame, std::string& out);
void write(const Lease& frame, std::string& out);
void write(const Release& frame, std::string& out);
void write(const Claim& frame, std::string& out);

/// The payload of a hook's request, and of its reply.
void write(const HookQuestion& question, std::string& out);
void write(const HookAnswer& answer, std::string& out);

/// One of the events in the payload of a told frame; begin_told() of session_event.h stands before the first.
void write(const SessionEvent& event, std::string& out);

/// Whichever it holds. Unknown has no bytes of its own: nothing is appended.
void write(const Frame& frame, std::string& out);

}  // namespace fairlead::wire
