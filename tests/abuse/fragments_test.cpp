// SPDX-License-Identifier: Apache-2.0
// RFC 6455 section 5.4: fragmented messages, control frames between fragments; and our limits of them.
#include "abuse/table.h"

namespace fairlead::abuse {
namespace {

/// One text message in frames of so many bytes.
std::string in_fragments_of(std::size_t bytes, std::string_view message) {
    std::string out;
    for (std::size_t at = 0; at < message.size(); at += bytes) {
        const bool last = at + bytes >= message.size();
        out += frame(last, at == 0 ? kText : kContinuation, message.substr(at, bytes));
    }
    return out;
}

/// The first `count` fragments of a message that the caller may end.
std::string begun(std::size_t count) {
    return frame(kMore, kText, kCommand) + repeated(count - 1, frame(kMore, kContinuation, ""));
}

const std::string kPingFrame = frame(kFinal, kPing, "p");
const std::string kValue = "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\\u00e4\\n\"";

TEST_CASE("a message comes whole from any two fragments", "[fragments]") {
    const std::string message = publish(kValue);
    std::vector<FrameCase> rows;
    for (std::size_t at = 0; at <= message.size(); ++at) {
        rows.push_back(
            {"cut at " + std::to_string(at),
             frame(kMore, kText, message.substr(0, at)) + frame(kFinal, kContinuation, message.substr(at)),
             {echoed(kValue), kPublished},
             {}});
    }
    play_all(broker_url(), rows);
}

TEST_CASE("a message comes whole from fragments of any size, with pings between them", "[fragments]") {
    const std::string message = publish(kValue);
    std::vector<FrameCase> rows;
    for (std::size_t bytes = message.size() / kMaxFragments + 1; bytes <= message.size(); ++bytes) {
        rows.push_back({"fragments of " + std::to_string(bytes),
                        in_fragments_of(bytes, message),
                        {echoed(kValue), kPublished},
                        {}});
    }
    for (std::size_t bytes = message.size() / 8; bytes < message.size(); bytes += 7) {
        std::string frames;
        std::vector<std::string> says;
        for (std::size_t at = 0; at < message.size(); at += bytes) {
            const bool last = at + bytes >= message.size();
            frames += frame(last, at == 0 ? kText : kContinuation, message.substr(at, bytes));
            if (last) continue;
            frames += kPingFrame;
            says.push_back("pong p");
        }
        says.push_back(echoed(kValue));
        says.push_back(kPublished);
        rows.push_back({"fragments of " + std::to_string(bytes) + " and pings", frames, says, {}});
    }
    play_all(broker_url(), rows);
}

TEST_CASE("T11: empty fragments count as any other", "[fragments]") {
    const std::string end = frame(kFinal, kContinuation, "");
    play_all(broker_url(), {
                               {"an empty first",
                                frame(kMore, kText, "") + frame(kFinal, kContinuation, kCommand),
                                {kReply},
                                {}},
                               {"an empty last", begun(1) + end, {kReply}, {}},
                               {"an empty one in the middle",
                                frame(kMore, kText, kCommand.substr(0, 5)) + frame(kMore, kContinuation, "") +
                                    frame(kFinal, kContinuation, kCommand.substr(5)),
                                {kReply},
                                {}},
                               {"nothing but empty ones", frame(kMore, kText, "") + end, {}, {kBadRequest}},
                               {"as many as are allowed", begun(kMaxFragments - 1) + end, {kReply}, {}},
                               {"as many as are allowed, twice",
                                repeated(2, begun(kMaxFragments - 1) + end),
                                {kReply, kReply},
                                {}},
                               {"one too many", begun(kMaxFragments) + end, {}, {kPolicy}},
                               {"one too many, and no end", begun(kMaxFragments + 1), {}, {kPolicy}},
                               {"a hundred thousand and no end", begun(100'000), {}, {kPolicy}},
                               {"one too many of one byte each",
                                in_fragments_of(1, command_of(kMaxFragments + 1)),
                                {},
                                {kPolicy}},
                           });
}

TEST_CASE("T18: fragments out of order", "[fragments]") {
    const std::string first = frame(kMore, kText, kCommand);
    play_all(
        broker_url(),
        {
            {"a last continuation of nothing", frame(kFinal, kContinuation, kCommand), {}, {kProtocolError}},
            {"a continuation of nothing", frame(kMore, kContinuation, kCommand), {}, {kProtocolError}},
            {"an empty continuation of nothing", frame(kFinal, kContinuation, ""), {}, {kProtocolError}},
            {"a continuation after a whole message",
             text(kCommand) + frame(kFinal, kContinuation, "x"),
             {kReply},
             {kProtocolError}},
            {"a continuation after a fragmented message",
             first + frame(kFinal, kContinuation, "") + frame(kFinal, kContinuation, ""),
             {kReply},
             {kProtocolError}},
            {"a continuation after a ping only",
             kPingFrame + frame(kFinal, kContinuation, "x"),
             {"pong p"},
             {kProtocolError}},
            {"a text inside a message", first + text(kCommand), {}, {kProtocolError}},
            {"a first fragment inside a message", first + first, {}, {kProtocolError}},
            {"a binary inside a message", first + frame(kFinal, kBinary, "x"), {}, {kProtocolError}},
            {"a text after a continuation",
             first + frame(kMore, kContinuation, "") + text(kCommand),
             {},
             {kProtocolError}},
            {"a text after a ping inside a message",
             first + kPingFrame + text(kCommand),
             {"pong p"},
             {kProtocolError}},
        });
}

TEST_CASE("T10: the limit of a message holds for all its fragments together", "[fragments]") {
    const auto split = [](std::size_t bytes, std::size_t parts) {
        return in_fragments_of((bytes + parts - 1) / parts, command_of(bytes));
    };
    FrameSpec over;
    over.opcode = kContinuation;
    over.declared_bytes = kMaxMessageBytes;
    play_all(
        broker_url(),
        {
            {"the limit in two", split(kMaxMessageBytes, 2), {kReply}, {}},
            {"the limit in as many as are allowed", split(kMaxMessageBytes, kMaxFragments), {kReply}, {}},
            {"the limit and one in two", split(kMaxMessageBytes + 1, 2), {}, {kTooBig}},
            {"the limit and one in three", split(kMaxMessageBytes + 1, 3), {}, {kTooBig}},
            {"a head whose bytes would go over it",
             frame(kMore, kText, "x") + client::encode_frame(over, ""),
             {},
             {kTooBig}},
        });
}

TEST_CASE("control frames between fragments", "[fragments]") {
    const std::string first = frame(kMore, kText, kCommand.substr(0, 9));
    const std::string last = frame(kFinal, kContinuation, kCommand.substr(9));
    const std::string goodbye = frame(kFinal, kClose, client::close_payload(1000, ""));
    play_all(
        broker_url(),
        {
            {"a ping is answered before the message", first + kPingFrame + last, {"pong p", kReply}, {}},
            {"an empty ping", first + frame(kFinal, kPing, "") + last, {"pong ", kReply}, {}},
            {"a pong", first + frame(kFinal, kPong, "unasked") + last, {kReply}, {}},
            {"ten of them",
             first + repeated(10, kPingFrame) + last,
             {"pong p", "pong p", "pong p", "pong p", "pong p", "pong p", "pong p", "pong p", "pong p",
              "pong p", kReply},
             {}},
            {"a close ends the unfinished message", first + goodbye, {}, {1000}},
            {"a close, and the message goes on", first + goodbye + last, {}, {1000}},
            {"a fragmented ping", frame(kMore, kPing, "p"), {}, {kProtocolError}},
            {"a fragmented ping and its rest",
             frame(kMore, kPing, "p") + frame(kFinal, kContinuation, "q"),
             {},
             {kProtocolError}},
            {"a fragmented pong", frame(kMore, kPong, ""), {}, {kProtocolError}},
            {"a fragmented close",
             frame(kMore, kClose, client::close_payload(1000, "")),
             {},
             {kProtocolError}},
            {"a fragmented ping inside a message", first + frame(kMore, kPing, "p"), {}, {kProtocolError}},
        });
}

TEST_CASE("T11: a message that does not end in time is cut", "[fragments]") {
    const support::Broker broker({"--set", "client.message_timeout=200ms"});
    FrameSpec half;
    half.declared_bytes = 100;
    play_all(broker.websocket_url(),
             {
                 {"the last fragment is missing", frame(kMore, kText, kCommand), {}, {kPolicy}},
                 {"the rest of a frame is missing", client::encode_frame(half, "{"), {}, {kPolicy}},
                 {"the rest of a head is missing", std::string("\x81", 1), {}, {kPolicy}},
                 {"pings do not help", frame(kMore, kText, kCommand) + kPingFrame, {"pong p"}, {kPolicy}},
                 {"a message after a slow one's end has its own time",
                  frame(kMore, kText, kCommand) + frame(kFinal, kContinuation, ""),
                  {kReply},
                  {}},
             });
}

}  // namespace
}  // namespace fairlead::abuse
