// SPDX-License-Identifier: Apache-2.0
// The input is taken three ways: as a message of a client, as one JSON text and as one MessagePack value.
// What decodes must encode to valid JSON, translations must be stable, and all parts must agree on what is
// valid.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "edge/json/command_decoder.h"
#include "edge/json/compact.h"
#include "edge/json/from_msgpack.h"
#include "edge/json/reply.h"
#include "edge/json/scanner.h"
#include "edge/json/to_msgpack.h"
#include "wire/utf8.h"

namespace {

using namespace fairlead::edge::json;

void require(bool truth) {
    if (!truth) std::abort();
}

void require_frame(std::string_view json) {
    const Scan found = scan(json, 2 * kMaxDepth);
    require(found.verdict == Verdict::ok && found.value.json == json);
    require(json.find('\n') == std::string_view::npos);
}

void check_text(std::string_view text) {
    const Scan found = scan(text);
    require((found.verdict == Verdict::bad_utf8) == !fairlead::wire::valid_utf8(text));
    require((found.verdict == Verdict::refused) == (found.refusal != Refusal::none));
    ToMsgpack translator;
    std::string first;
    require(translator.append(text, first) == found.verdict);
    require((found.verdict == Verdict::refused) == (translator.refusal() != Refusal::none));
    require((found.verdict == Verdict::ok) == !first.empty());
    if (found.verdict != Verdict::ok) return;

    std::string dense;
    compact(text, dense);
    require_frame(dense);
    require(!scan(dense).value.spaced && (found.value.spaced || dense == found.value.json));
    std::string json;
    require(append_json(first, json) == NoJson::none);
    require_frame(json);
    std::string second;
    require(translator.append(json, second) == Verdict::ok && second == first);
}

void check_msgpack(std::string_view bytes) {
    std::string json;
    const NoJson reason = append_json(bytes, json);
    require((reason == NoJson::none) == !json.empty());
    if (reason != NoJson::none) return;
    require_frame(json);
    check_text(json);
}

void check_replies(const Command& command) {
    std::string data;
    compact(command.data.json, data);
    std::string out;
    const ClientInfo info{command.token, command.name, data, data};
    const Tag tag{command.key, command.method};
    Publication publication;
    publication.data = data;
    publication.info = &info;
    publication.offset = command.offset;
    publication.tags = {&tag, 1};
    append_publication_push(out, command.channel, publication);
    require_frame(out);
    out.clear();
    append_error(out, command.id, command.id, command.method, true);
    require_frame(out);
    out.clear();
    append_history(out, command.id, {{&publication, 1}, command.epoch, command.offset});
    require_frame(out);
}

void check_command(Verdict verdict, const Command& command) {
    require(verdict == Verdict::ok || command.kind != Kind::pong);
    require(command.kind != Kind::unknown);
    require(command.id != 0 || command.kind == Kind::pong || command.kind == Kind::send);
    if (verdict != Verdict::ok) return;
    if (command.data.present()) check_text(command.data.json);
    check_replies(command);
    for (const Position& position : command.subs)
        require(fairlead::wire::valid_utf8(position.channel));
    for (const Header& header : command.headers)
        require(fairlead::wire::valid_utf8(header.value));
}

void check_message(std::string_view message) {
    static CommandDecoder decoder;
    Command command;
    std::string_view rest = message;
    do {
        const std::size_t before = rest.size();
        const Verdict verdict = decoder.next(rest, command);
        require(rest.size() < before || before == 0);
        if (verdict >= Verdict::malformed) {
            require(rest.empty());
        } else {
            check_command(verdict, command);
        }
    } while (!rest.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(data, data + size);
    check_message(input);
    check_text(input);
    check_msgpack(input);
    return 0;
}
