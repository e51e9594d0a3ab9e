// SPDX-License-Identifier: Apache-2.0
#include "cli/json_value.h"

#include <openssl/evp.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cmath>

namespace fairlead::cli {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

std::string text(const client::JsonValue& json) {
    return {json.GetString(), json.GetStringLength()};
}

Value number(const client::JsonValue& json) {
    if (json.IsInt64()) return json.GetInt64();
    if (json.IsUint64()) return json.GetUint64();
    return json.GetDouble();
}

std::string base64(const Bytes& bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a zero byte
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

void put_text(Writer& writer, std::string_view value) {
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void put(Writer& writer, const Value& value);

void put_integer(Writer& writer, const Value& value) {
    // Only what is beyond the signed range is not what as_integer() gives.
    if (value.as_integer(-1) == -1 && value.as_unsigned() != 0) {
        writer.Uint64(value.as_unsigned());
    } else {
        writer.Int64(value.as_integer());
    }
}

void put_number(Writer& writer, double value) {
    if (std::isfinite(value)) {
        writer.Double(value);
    } else {
        writer.Null();
    }
}

void put_array(Writer& writer, const Value& value) {
    writer.StartArray();
    for (const Value& item : value.as_array())
        put(writer, item);
    writer.EndArray();
}

void put_map(Writer& writer, const Value& value) {
    writer.StartObject();
    for (const auto& [key, member] : value.as_map()) {
        writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
        put(writer, member);
    }
    writer.EndObject();
}

void put(Writer& writer, const Value& value) {
    switch (value.type()) {
        case Value::Type::null:
            writer.Null();
            return;
        case Value::Type::boolean:
            writer.Bool(value.as_bool());
            return;
        case Value::Type::integer:
            return put_integer(writer, value);
        case Value::Type::number:
            return put_number(writer, value.as_number());
        case Value::Type::string:
            return put_text(writer, value.as_string());
        case Value::Type::bytes:
            return put_text(writer, base64(value.as_bytes()));
        case Value::Type::array:
            return put_array(writer, value);
        case Value::Type::map:
            return put_map(writer, value);
    }
}

}  // namespace

Value to_value(const client::JsonValue& json) {
    if (json.IsBool()) return json.GetBool();
    if (json.IsNumber()) return number(json);
    if (json.IsString()) return text(json);
    if (json.IsArray()) {
        Value::Array items;
        for (const auto& item : json.GetArray())
            items.push_back(to_value(item));
        return Value::array(std::move(items));
    }
    if (json.IsObject()) {
        Value::Map members;
        for (const auto& entry : json.GetObject())
            members.emplace_back(text(entry.name), to_value(entry.value));
        return Value::map(std::move(members));
    }
    return nullptr;
}

std::string to_json(const Value& value) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    put(writer, value);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace fairlead::cli
