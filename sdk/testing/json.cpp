// SPDX-License-Identifier: Apache-2.0
#include "testing/json.h"

#include "edge/json/from_msgpack.h"
#include "edge/json/reply.h"
#include "edge/json/to_msgpack.h"
#include "edge/publication_json.h"

namespace fairlead::testing {

std::optional<std::string> to_json(std::string_view msgpack) {
    std::string json;
    if (msgpack.empty()) return json;
    if (edge::json::append_json(msgpack, json) != edge::json::NoJson::none) return std::nullopt;
    return json;
}

std::optional<std::string> to_msgpack(std::string_view json) {
    std::string msgpack;
    if (json.empty()) return msgpack;
    edge::json::ToMsgpack translator;
    if (translator.append(json, msgpack) != edge::json::Verdict::ok) return std::nullopt;
    return msgpack;
}

std::string json_text(const Value& value) {
    if (value.is_null()) return {};
    std::optional<std::string> json = to_json(encode(value));
    if (!json) throw Failure("a client cannot send this: it has no JSON form");
    return std::move(*json);
}

Value value_of_msgpack(std::string_view msgpack) {
    if (msgpack.empty()) return {};
    Result<Value> value = decode<Value>(msgpack);
    return value.ok() ? std::move(value.value()) : Value();
}

std::size_t frame_bytes(std::size_t text_bytes) {
    return text_bytes + (text_bytes < 126 ? 2 : text_bytes < 65536 ? 4 : 10);
}

std::optional<Encoded> encoded(const core::Publication& from) {
    const edge::PublicationJson json(from);
    if (!json.valid()) return std::nullopt;
    std::string text;
    edge::json::append_publication_push(text, from.channel, json.view());
    Publication publication;
    publication.channel = from.channel;
    publication.json = json.view().data;
    publication.data = value_of_msgpack(to_msgpack(publication.json).value_or(std::string()));
    publication.tags.insert(from.tags.begin(), from.tags.end());
    publication.offset = from.offset;
    if (from.info) {
        publication.user = from.info->user;
        publication.client = from.info->client;
    }
    return Encoded{std::move(publication), frame_bytes(text.size())};
}

Event event_of(const core::Event& from) {
    Event event;
    event.topic = from.topic;
    event.data = value_of_msgpack(from.payload);
    if (from.caller) {
        event.caller = {from.caller->service, from.caller->user,    from.caller->client,
                        from.caller->session, from.caller->address, value_of_msgpack(from.caller->meta)};
    }
    event.headers = from.headers;
    return event;
}

}  // namespace fairlead::testing
