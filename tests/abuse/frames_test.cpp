// SPDX-License-Identifier: Apache-2.0
// RFC 6455 section 5.2: mask, reserved bits, opcodes, lengths; and our limit of a message.
#include "abuse/table.h"

namespace fairlead::abuse {
namespace {

std::string with(const FrameSpec& spec, std::string_view payload) {
    return client::encode_frame(spec, payload);
}

std::string unmasked(std::uint8_t opcode, std::string_view payload) {
    FrameSpec spec;
    spec.opcode = opcode;
    spec.masked = false;
    return with(spec, payload);
}

std::string masked_with(std::uint32_t mask, std::string_view payload) {
    FrameSpec spec;
    spec.mask = mask;
    return with(spec, payload);
}

std::string in_form(LengthForm form, std::uint8_t opcode, std::string_view payload) {
    FrameSpec spec;
    spec.opcode = opcode;
    spec.length_form = form;
    return with(spec, payload);
}

/// Only the head of a message: its bytes never come.
std::string declared(std::uint64_t bytes) {
    FrameSpec spec;
    spec.declared_bytes = bytes;
    return with(spec, {});
}

std::string reserved(std::uint8_t bits, bool fin, std::uint8_t opcode, std::string_view payload) {
    FrameSpec spec;
    spec.fin = fin;
    spec.reserved = bits;
    spec.opcode = opcode;
    return with(spec, payload);
}

TEST_CASE("T18: masks", "[frames]") {
    play_all(broker_url(),
             {
                 {"mask zero", masked_with(0, kCommand), {kReply}, {}},
                 {"mask of ones", masked_with(0xffffffff, kCommand), {kReply}, {}},
                 {"mask of one bit", masked_with(0x00000001, kCommand), {kReply}, {}},
                 {"unmasked text", unmasked(kText, kCommand), {}, {kProtocolError}},
                 {"unmasked empty text", unmasked(kText, ""), {}, {kProtocolError}},
                 {"unmasked binary", unmasked(kBinary, kCommand), {}, {kProtocolError}},
                 {"unmasked ping", unmasked(kPing, "p"), {}, {kProtocolError}},
                 {"unmasked pong", unmasked(kPong, ""), {}, {kProtocolError}},
                 {"unmasked close", unmasked(kClose, client::close_payload(1000, "")), {}, {kProtocolError}},
                 {"unmasked continuation",
                  frame(kMore, kText, "{") + unmasked(kContinuation, "}"),
                  {},
                  {kProtocolError}},
                 {"a good frame, then an unmasked one",
                  text(kCommand) + unmasked(kText, kCommand),
                  {kReply},
                  {kProtocolError}},
             });
}

TEST_CASE("T10: lengths", "[frames]") {
    play_all(broker_url(),
             {
                 {"no bytes", text(""), {}, {kBadRequest}},
                 {"one byte", text("1"), {}, {kBadRequest}},
                 {"124 bytes", text(command_of(124)), {kReply}, {}},
                 {"125 bytes", text(command_of(125)), {kReply}, {}},
                 {"126 bytes", text(command_of(126)), {kReply}, {}},
                 {"127 bytes", text(command_of(127)), {kReply}, {}},
                 {"128 bytes", text(command_of(128)), {kReply}, {}},
                 {"511 bytes", text(command_of(511)), {kReply}, {}},
                 {"512 bytes", text(command_of(512)), {kReply}, {}},
                 {"513 bytes", text(command_of(513)), {kReply}, {}},
                 {"65534 bytes", text(command_of(65534)), {kReply}, {}},
                 {"65535 bytes", text(command_of(65535)), {kReply}, {}},
                 {"65536 bytes, the limit", text(command_of(kMaxMessageBytes)), {kReply}, {}},
                 {"two at the limit", repeated(2, text(command_of(kMaxMessageBytes))), {kReply, kReply}, {}},
                 {"the limit and one", text(command_of(kMaxMessageBytes + 1)), {}, {kTooBig}},
                 {"a head that declares the limit and one", declared(kMaxMessageBytes + 1), {}, {kTooBig}},
                 {"a head that declares 1 MiB", declared(1 << 20), {}, {kTooBig}},
                 {"a head that declares 31 MB", declared(31'000'000), {}, {kTooBig}},
                 {"a head that declares 2^31", declared(1ULL << 31), {}, {kTooBig}},
                 {"a head that declares 2^32", declared(1ULL << 32), {}, {kTooBig}},
                 {"a head that declares 2^32 and 5", declared((1ULL << 32) + 5), {}, {kTooBig}},
                 {"a head that declares 2^63 - 1", declared((1ULL << 63) - 1), {}, {kTooBig}},
                 {"a head that declares 2^63", declared(1ULL << 63), {}, {kProtocolError, kTooBig}},
                 {"a head that declares 2^64 - 1", declared(~0ULL), {}, {kProtocolError, kTooBig}},
             });
}

TEST_CASE("T18: lengths in a longer form than needed", "[frames]") {
    play_all(
        broker_url(),
        {
            {"0 in two bytes", in_form(LengthForm::two_bytes, kText, ""), {}, {kProtocolError}},
            {"39 in two bytes", in_form(LengthForm::two_bytes, kText, kCommand), {}, {kProtocolError}},
            {"125 in two bytes",
             in_form(LengthForm::two_bytes, kText, command_of(125)),
             {},
             {kProtocolError}},
            {"0 in eight bytes", in_form(LengthForm::eight_bytes, kText, ""), {}, {kProtocolError}},
            {"39 in eight bytes", in_form(LengthForm::eight_bytes, kText, kCommand), {}, {kProtocolError}},
            {"126 in eight bytes",
             in_form(LengthForm::eight_bytes, kText, command_of(126)),
             {},
             {kProtocolError}},
            {"65535 in eight bytes",
             in_form(LengthForm::eight_bytes, kText, command_of(65535)),
             {},
             {kProtocolError}},
            {"a ping of 1 in two bytes", in_form(LengthForm::two_bytes, kPing, "p"), {}, {kProtocolError}},
            {"a close of 2 in eight bytes",
             in_form(LengthForm::eight_bytes, kClose, client::close_payload(1000, "")),
             {},
             {kProtocolError}},
        });
}

TEST_CASE("T12, T18: reserved bits", "[frames]") {
    std::vector<FrameCase> rows;
    for (std::uint8_t bits = 1; bits <= 7; ++bits) {
        const std::string name = "reserved bits " + std::to_string(bits);
        rows.push_back({name + " in a text", reserved(bits, kFinal, kText, kCommand), {}, {kProtocolError}});
    }
    for (std::uint8_t bits : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{4}}) {
        const std::string name = "reserved bit " + std::to_string(bits);
        rows.push_back({name + " in an empty text", reserved(bits, kFinal, kText, ""), {}, {kProtocolError}});
        rows.push_back({name + " in a binary", reserved(bits, kFinal, kBinary, "x"), {}, {kProtocolError}});
        rows.push_back({name + " in a ping", reserved(bits, kFinal, kPing, "p"), {}, {kProtocolError}});
        rows.push_back({name + " in a pong", reserved(bits, kFinal, kPong, ""), {}, {kProtocolError}});
        rows.push_back({name + " in a close",
                        reserved(bits, kFinal, kClose, client::close_payload(1000, "")),
                        {},
                        {kProtocolError}});
        rows.push_back(
            {name + " in a first fragment", reserved(bits, kMore, kText, "{"), {}, {kProtocolError}});
        rows.push_back({name + " in a continuation",
                        frame(kMore, kText, "{") + reserved(bits, kFinal, kContinuation, "}"),
                        {},
                        {kProtocolError}});
    }
    play_all(broker_url(), rows);
}

TEST_CASE("T18: reserved opcodes", "[frames]") {
    std::vector<FrameCase> rows;
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        const auto code = static_cast<std::uint8_t>(opcode);
        const std::string name = "opcode " + std::to_string(opcode);
        rows.push_back({name, frame(kFinal, code, kCommand), {}, {kProtocolError}});
        rows.push_back({name + " without payload", frame(kFinal, code, ""), {}, {kProtocolError}});
        rows.push_back({name + " as a first fragment", frame(kMore, code, "{"), {}, {kProtocolError}});
        rows.push_back({name + " between fragments",
                        frame(kMore, kText, "{") + frame(kFinal, code, "x"),
                        {},
                        {kProtocolError}});
    }
    play_all(broker_url(), rows);
}

TEST_CASE("binary messages on a JSON connection are read as text or refused", "[frames]") {
    client::WebSocketOptions options;
    auto socket = client::WebSocket::open(broker_url(), options);
    REQUIRE(socket);
    REQUIRE(socket->send_binary(R"({"connect":{},"id":1})"));
    const auto event = socket->receive(std::chrono::seconds(10));
    REQUIRE(event);
    if (event->kind == client::Event::Kind::close) {
        CHECK((event->close_code == 1003 || event->close_code == kBadRequest));
    } else {
        CHECK(event->payload.find(R"({"id":1,"connect":)") == 0);
    }
}

}  // namespace
}  // namespace fairlead::abuse
