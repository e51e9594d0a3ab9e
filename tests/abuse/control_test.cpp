// SPDX-License-Identifier: Apache-2.0
// RFC 6455 section 5.5 and 7: ping, pong, close, and close codes; and our limit of control frames.
#include "abuse/table.h"

namespace fairlead::abuse {
namespace {

std::string ping(std::string_view payload) {
    return frame(kFinal, kPing, payload);
}
std::string pong(std::string_view payload) {
    return frame(kFinal, kPong, payload);
}
std::string close_with(std::uint16_t code, std::string_view reason = {}) {
    return frame(kFinal, kClose, client::close_payload(code, reason));
}

TEST_CASE("a ping is answered with its payload", "[control]") {
    std::string all_bytes;
    for (int value = 0; value < 125; ++value)
        all_bytes.push_back(static_cast<char>(value + 131));
    play_all(
        broker_url(),
        {
            {"empty", ping(""), {"pong "}, {}},
            {"one byte", ping("p"), {"pong p"}, {}},
            {"zeros", ping(std::string(8, '\0')), {"pong " + std::string(8, '\0')}, {}},
            {"bytes that are no UTF-8", ping(all_bytes), {"pong " + all_bytes}, {}},
            {"the most that a control frame holds",
             ping(std::string(125, 'p')),
             {"pong " + std::string(125, 'p')},
             {}},
            {"two, in order", ping("1") + ping("2"), {"pong 1", "pong 2"}, {}},
            {"between commands", text(kCommand) + ping("p") + text(kCommand), {kReply, "pong p", kReply}, {}},
            {"one byte too long", ping(std::string(126, 'p')), {}, {kProtocolError}},
            {"as long as a message", ping(std::string(65536, 'p')), {}, {kProtocolError}},
        });
}

TEST_CASE("a pong that nobody asked for changes nothing", "[control]") {
    play_all(broker_url(), {
                               {"empty", pong(""), {}, {}},
                               {"with payload", pong("unasked"), {}, {}},
                               {"before a command", pong("") + text(kCommand), {kReply}, {}},
                               {"one byte too long", pong(std::string(126, 'p')), {}, {kProtocolError}},
                           });
}

TEST_CASE("T13: floods of control frames", "[control]") {
    std::vector<std::string> answered(20, "pong p");
    play_all(broker_url(),
             {
                 {"the burst that is allowed", repeated(20, ping("p")), answered, {}},
                 {"more pings than the burst", repeated(200, ping("p")), answered, {kPolicy}},
                 {"a hundred thousand pings", repeated(100'000, ping("p")), answered, {kPolicy}},
                 {"more pongs than the burst", repeated(200, pong("p")), {}, {kPolicy}},
             });
}

TEST_CASE("close codes that may be sent are answered with themselves", "[control]") {
    std::vector<FrameCase> rows;
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001,
                           3999, 4000, 4500, 4999}) {
        const auto number = static_cast<std::uint16_t>(code);
        rows.push_back({"close " + std::to_string(code), close_with(number), {}, {number}});
    }
    rows.push_back({"no code", frame(kFinal, kClose, ""), {}, {1000, 1005}});
    rows.push_back({"a reason", close_with(1000, "good\xc3\xa4"), {}, {1000}});
    rows.push_back({"the longest reason", close_with(1000, std::string(123, 'r')), {}, {1000}});
    play_all(broker_url(), rows);
}

TEST_CASE("T18: close codes that may not be sent", "[control]") {
    std::vector<FrameCase> rows;
    for (const int code :
         {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 9999, 65535}) {
        const auto number = static_cast<std::uint16_t>(code);
        rows.push_back({"close " + std::to_string(code), close_with(number), {}, {kProtocolError}});
        rows.push_back({"close " + std::to_string(code) + " with a reason",
                        close_with(number, "r"),
                        {},
                        {kProtocolError}});
    }
    play_all(broker_url(), rows);
}

TEST_CASE("T18: close frames of the wrong form", "[control]") {
    const std::string code("\x03\xe8", 2);
    const auto close_of = [](std::string_view payload) { return frame(kFinal, kClose, payload); };
    play_all(
        broker_url(),
        {
            {"one byte", close_of("\x03"), {}, {kProtocolError}},
            {"a reason that is no UTF-8", close_of(code + "\xff"), {}, {kBadUtf8, kProtocolError}},
            {"a reason with a cut code point", close_of(code + "\xe2\x82"), {}, {kBadUtf8, kProtocolError}},
            {"a reason with a surrogate", close_of(code + "\xed\xa0\x80"), {}, {kBadUtf8, kProtocolError}},
            {"one byte too long", close_of(code + std::string(124, 'r')), {}, {kProtocolError}},
            {"as long as a message", close_of(code + std::string(65534, 'r')), {}, {kProtocolError}},
        });
}

TEST_CASE("nothing counts after a close frame", "[control]") {
    play_all(broker_url(),
             {
                 {"a command", close_with(1000) + text(kCommand), {}, {1000}},
                 {"a ping", close_with(1000) + ping("p"), {}, {1000}},
                 {"a second close", close_with(1000) + close_with(1001), {}, {1000}},
                 {"a frame that would be an error", close_with(1000) + frame(kFinal, 3, ""), {}, {1000}},
                 {"a megabyte", close_with(1000) + repeated(16, text(std::string(65536, 'x'))), {}, {1000}},
                 {"a command before it is done", text(kCommand) + close_with(1000), {kReply}, {1000}},
             });
}

}  // namespace
}  // namespace fairlead::abuse
