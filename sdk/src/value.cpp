// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include <fairlead/codec.h>
#include <fairlead/value.h>

namespace fairlead {
namespace {

const Value kNull;
const Bytes kNoBytes;
const Value::Array kNoItems;
const Value::Map kNoMembers;

bool decode_items(Reader& reader, Value& value) {
    Reader::Nesting nesting(reader);
    std::size_t count = 0;
    if (!nesting.allowed() || !reader.read_array(count)) return false;
    Value::Array items;
    for (std::size_t i = 0; i < count; ++i) {
        if (!detail::decode_value(reader, items.emplace_back())) return reader.in_item(i);
    }
    value = Value::array(std::move(items));
    return true;
}

bool decode_members(Reader& reader, Value& value) {
    Reader::Nesting nesting(reader);
    std::size_t count = 0;
    if (!nesting.allowed() || !reader.read_map(count)) return false;
    Value::Map members;
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view key;
        if (!reader.read_key(key)) return false;
        Value::Member& member = members.emplace_back(std::string(key), Value());
        if (!detail::decode_value(reader, member.second)) return reader.in_member(key);
    }
    value = Value::map(std::move(members));
    return true;
}

bool decode_integer(Reader& reader, Value& value) {
    if (reader.negative()) {
        std::int64_t number = 0;
        bool read = reader.read(number);
        value = Value(number);
        return read;
    }
    std::uint64_t number = 0;
    bool read = reader.read(number);
    value = Value(number);
    return read;
}

template <typename T>
bool decode_as(Reader& reader, Value& value) {
    T item{};
    if (!Codec<T>::decode(reader, item)) return false;
    value = Value(std::move(item));
    return true;
}

}  // namespace

namespace detail {

bool decode_value(Reader& reader, Value& value) {
    switch (reader.next()) {
        case Reader::Next::null:
            value = nullptr;
            return reader.read_null();
        case Reader::Next::boolean:
            return decode_as<bool>(reader, value);
        case Reader::Next::integer:
            return decode_integer(reader, value);
        case Reader::Next::number:
            return decode_as<double>(reader, value);
        case Reader::Next::string:
            return decode_as<std::string>(reader, value);
        case Reader::Next::bytes:
            return decode_as<Bytes>(reader, value);
        case Reader::Next::array:
            return decode_items(reader, value);
        case Reader::Next::map:
            return decode_members(reader, value);
        case Reader::Next::end:
            value = nullptr;
            return reader.empty() || reader.refuse("ends early");
        case Reader::Next::extension:
        case Reader::Next::broken:
            break;
    }
    return reader.expected("a value");
}

}  // namespace detail

Value Value::array(std::initializer_list<Value> items) {
    return array(Array(items));
}

Value Value::array(Array items) {
    Value value;
    value.data_ = std::move(items);
    return value;
}

Value Value::map(std::initializer_list<Member> members) {
    return map(Map(members));
}

Value Value::map(Map members) {
    Value value;
    value.data_ = std::move(members);
    return value;
}

Value::Type Value::type() const noexcept {
    constexpr Type kTypes[] = {Type::null,   Type::boolean, Type::integer, Type::integer, Type::number,
                               Type::string, Type::bytes,   Type::array,   Type::map};
    return kTypes[data_.index()];
}

bool Value::as_bool(bool otherwise) const noexcept {
    const bool* value = std::get_if<bool>(&data_);
    return value != nullptr ? *value : otherwise;
}

std::int64_t Value::as_integer(std::int64_t otherwise) const noexcept {
    if (const auto* value = std::get_if<std::int64_t>(&data_)) return *value;
    const auto* big = std::get_if<std::uint64_t>(&data_);
    return big != nullptr && *big <= INT64_MAX ? static_cast<std::int64_t>(*big) : otherwise;
}

std::uint64_t Value::as_unsigned(std::uint64_t otherwise) const noexcept {
    if (const auto* value = std::get_if<std::uint64_t>(&data_)) return *value;
    const auto* number = std::get_if<std::int64_t>(&data_);
    return number != nullptr && *number >= 0 ? static_cast<std::uint64_t>(*number) : otherwise;
}

double Value::as_number(double otherwise) const noexcept {
    if (const auto* value = std::get_if<double>(&data_)) return *value;
    if (const auto* value = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*value);
    const auto* big = std::get_if<std::uint64_t>(&data_);
    return big != nullptr ? static_cast<double>(*big) : otherwise;
}

std::string_view Value::as_string(std::string_view otherwise) const noexcept {
    const auto* value = std::get_if<std::string>(&data_);
    return value != nullptr ? std::string_view(*value) : otherwise;
}

const Bytes& Value::as_bytes() const noexcept {
    const auto* value = std::get_if<Bytes>(&data_);
    return value != nullptr ? *value : kNoBytes;
}

const Value::Array& Value::as_array() const noexcept {
    const auto* value = std::get_if<Array>(&data_);
    return value != nullptr ? *value : kNoItems;
}

const Value::Map& Value::as_map() const noexcept {
    const auto* value = std::get_if<Map>(&data_);
    return value != nullptr ? *value : kNoMembers;
}

std::size_t Value::size() const noexcept {
    return is_map() ? as_map().size() : as_array().size();
}

const Value& Value::operator[](std::string_view key) const noexcept {
    const Map& members = as_map();
    for (auto member = members.rbegin(); member != members.rend(); ++member) {
        if (member->first == key) return member->second;
    }
    return kNull;
}

const Value& Value::operator[](std::size_t index) const noexcept {
    const Array& items = as_array();
    return index < items.size() ? items[index] : kNull;
}

Value& Value::set(std::string_view key, Value value) {
    if (!is_map()) data_ = Map();
    Map& members = *std::get_if<Map>(&data_);
    for (Member& member : members) {
        if (member.first == key) {
            member.second = std::move(value);
            return *this;
        }
    }
    members.emplace_back(std::string(key), std::move(value));
    return *this;
}

Value& Value::add(Value item) {
    if (!is_array()) data_ = Array();
    std::get_if<Array>(&data_)->push_back(std::move(item));
    return *this;
}

bool operator==(const Value& a, const Value& b) {
    if (a.type() != b.type()) return false;
    if (a.type() == Value::Type::integer) {
        bool a_big = a.as_unsigned() > INT64_MAX, b_big = b.as_unsigned() > INT64_MAX;
        return a_big == b_big &&
               (a_big ? a.as_unsigned() == b.as_unsigned() : a.as_integer() == b.as_integer());
    }
    return a.data_ == b.data_;
}

}  // namespace fairlead
