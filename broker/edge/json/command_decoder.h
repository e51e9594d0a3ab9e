// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "edge/json/command.h"
#include "edge/json/scanner.h"

namespace fairlead::edge::json {

struct Field;

/// Decodes the messages of JSON clients, each in one pass. A message is one or more commands separated by
/// exactly one newline; one at its end is accepted. Use:
///
///     std::string_view rest = message;
///     do {
///         switch (decoder.next(rest, command)) { ... }
///     } while (!rest.empty());
///
/// An empty message is malformed. `rest` is what has not been decoded yet: a session that must wait (a
/// pending connect) copies it and goes on later.
///
/// Verdicts:
/// - ok: the command is complete.
/// - refused: answer `id` with error 107. `id` and `kind` are right, all else may be partly set. Only a
/// `send`
///   can have the id 0 here; it has no reply, so it is dropped.
/// - malformed, bad_utf8: close with 3501, 1007. `rest` is empty then and the command means nothing.
///
/// The envelope is strict: a field of the wrong JSON type, an integer with a fraction, an exponent or out of
/// range, and a key that comes twice in one object (known or not) are malformed. Values of unknown fields and
/// of request members that lose against another only have to be JSON.
///
/// Views in a command point into the message or into this decoder; they hold until the next call of `next`,
/// and the message must live as long. Buffers are kept, so that decoding allocates nothing once warm.
///
/// Threads: one decoder, one thread at a time.
class CommandDecoder {
public:
    explicit CommandDecoder(std::size_t max_depth = kMaxDepth) : max_depth_(max_depth) {}
    CommandDecoder(const CommandDecoder&) = delete;
    CommandDecoder& operator=(const CommandDecoder&) = delete;

    Verdict next(std::string_view& rest, Command& out);

private:
    class Reader;

    std::size_t max_depth_;
    std::string scratch_;                 // unescaped strings; never grows while views into it are out
    std::vector<std::string_view> keys_;  // of the open objects, as far as they must be compared at the end
    std::vector<Position> subs_;
    std::vector<Header> headers_;
};

}  // namespace fairlead::edge::json
