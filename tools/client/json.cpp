// SPDX-License-Identifier: Apache-2.0
#include "client/json.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace fairlead::client {

std::optional<Json> parse_json(std::string_view text) {
    Json document;
    document.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(text.data(),
                                                                                           text.size());
    if (document.HasParseError()) return std::nullopt;
    return document;
}

std::string quoted(std::string_view text) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return {buffer.GetString(), buffer.GetSize()};
}

std::string to_text(const JsonValue& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

const JsonValue* member(const JsonValue& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
}

std::string text_of(const JsonValue& object, const char* name) {
    const JsonValue* value = member(object, name);
    return value && value->IsString() ? std::string(value->GetString(), value->GetStringLength())
                                      : std::string();
}

std::uint64_t number_of(const JsonValue& object, const char* name) {
    const JsonValue* value = member(object, name);
    return value && value->IsUint64() ? value->GetUint64() : 0;
}

bool flag_of(const JsonValue& object, const char* name) {
    const JsonValue* value = member(object, name);
    return value && value->IsBool() && value->GetBool();
}

}  // namespace fairlead::client
