// SPDX-License-Identifier: Apache-2.0
// What the tables of frame cases are written with.
#pragma once

#include <catch2/catch.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "client/frame.h"
#include "client/websocket.h"
#include "support/broker.h"
#include "support/exchange.h"

namespace fairlead::abuse {

using client::FrameSpec;
using client::LengthForm;
using support::FrameCase;
using support::Pieces;

inline constexpr std::uint8_t kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;
inline constexpr bool kFinal = true, kMore = false;

inline constexpr std::uint16_t kProtocolError = 1002, kBadUtf8 = 1007, kPolicy = 1008, kTooBig = 1009,
                               kBadRequest = 3501;

/// The limits that ship.
inline constexpr std::size_t kMaxMessageBytes = 64 * 1024, kMaxFragments = 64;

inline std::string frame(bool fin, std::uint8_t opcode, std::string_view payload) {
    FrameSpec spec;
    spec.fin = fin;
    spec.opcode = opcode;
    return client::encode_frame(spec, payload);
}

inline std::string text(std::string_view payload) {
    return frame(kFinal, kText, payload);
}

inline std::string repeated(std::size_t count, const std::string& part) {
    std::string out;
    out.reserve(count * part.size());
    for (std::size_t i = 0; i < count; ++i)
        out += part;
    return out;
}

/// A command with a reply of its own that needs no permission, and that reply.
inline const std::string kCommand = R"({"unsubscribe":{"channel":"a"},"id":7})";
inline const std::string kReply = R"({"id":7,"unsubscribe":{}})";

/// That command as exactly so many bytes, by a field that the protocol does not know.
inline std::string command_of(std::size_t bytes) {
    const std::string head = R"({"unsubscribe":{"channel":"a","pad":")";
    const std::string tail = R"("},"id":7})";
    return head + std::string(bytes - head.size() - tail.size(), 'x') + tail;
}

/// Publishes a JSON value into the channel that the connection is subscribed to.
inline std::string publish(std::string_view value) {
    return R"({"publish":{"channel":"echo","data":)" + std::string(value) + R"(},"id":8})";
}
inline std::string echoed(std::string_view value) {
    return R"("data":)" + std::string(value);
}
inline const std::string kPublished = R"({"id":8,"publish":{}})";

/// Plays all rows against one broker, whole and byte by byte where that is quick.
inline void play_all(const std::string& url, const std::vector<FrameCase>& rows) {
    constexpr std::size_t kQuickBytes = 1024;
    for (const FrameCase& row : rows) {
        INFO(row.name);
        CHECK(support::play(url, row, Pieces::whole) == "");
        if (row.bytes.size() > kQuickBytes) continue;
        INFO("byte by byte");
        CHECK(support::play(url, row, Pieces::single_bytes) == "");
    }
}

/// One broker on its development profile for all tables of a program.
inline const std::string& broker_url() {
    static const support::Broker broker;
    return broker.websocket_url();
}

}  // namespace fairlead::abuse
