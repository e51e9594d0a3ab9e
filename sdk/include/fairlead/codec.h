// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fairlead/export.h>
#include <fairlead/reader.h>
#include <fairlead/result.h>
#include <fairlead/value.h>
#include <fairlead/writer.h>

namespace fairlead {

/// How a type stands in a payload. Known are:
///
///     bool, integers (range checked), float and double (integers are accepted), std::string, enums (as their
///     number), std::optional (null or absent), std::vector, std::array, std::map and std::unordered_map with
///     string keys, fairlead::Bytes, fairlead::Value, fairlead::Raw, structs with FAIRLEAD_FIELDS (fields.h)
///     and structs with MSGPACK_DEFINE_MAP and its kin (msgpack.h).
///
/// For a type of your own, specialise it with the same two functions:
///
///     template <> struct fairlead::Codec<Money> {
///         static bool decode(fairlead::Reader& reader, Money& value);        // false: reader has the reason
///         static void encode(fairlead::Writer& writer, const Money& value);  // exactly one value
///     };
template <typename T, typename = void>
struct Codec;

/// A payload as a T; an error 107 names the path and what was expected there: "items[2].qty: expected
/// integer, got string". T needs a default constructor. Threads: any.
template <typename T>
Result<T> decode(std::string_view payload);

/// A T as a payload. Threads: any.
template <typename T>
std::string encode(const T& value);

namespace detail {

FAIRLEAD_EXPORT Error bad_payload(const Reader& reader);
FAIRLEAD_EXPORT bool decode_signed(Reader& reader, std::int64_t low, std::int64_t high, std::int64_t& value);
FAIRLEAD_EXPORT bool decode_unsigned(Reader& reader, std::uint64_t high, std::uint64_t& value);
FAIRLEAD_EXPORT bool decode_string(Reader& reader, std::string& value);
FAIRLEAD_EXPORT bool decode_bytes(Reader& reader, Bytes& value);
FAIRLEAD_EXPORT bool decode_raw(Reader& reader, Raw& value);
FAIRLEAD_EXPORT bool decode_value(Reader& reader, Value& value);
FAIRLEAD_EXPORT bool decode_array_of(Reader& reader, std::size_t count);

template <typename T>
struct is_optional : std::false_type {};
template <typename T>
struct is_optional<std::optional<T>> : std::true_type {};

template <typename T, typename = void>
struct has_fields : std::false_type {};
template <typename T>
struct has_fields<T, std::void_t<decltype(T::fairlead_fields_count())>> : std::true_type {};

template <typename T, typename = void>
struct has_defaulted : std::false_type {};
template <typename T>
struct has_defaulted<T, std::void_t<decltype(T::fairlead_defaulted_count())>> : std::true_type {};

struct AnyPacker {};
template <typename T, typename = void>
struct has_msgpack : std::false_type {};
template <typename T>
struct has_msgpack<T,
                   std::void_t<decltype(std::declval<const T&>().msgpack_pack(std::declval<AnyPacker&>()))>>
    : std::true_type {};

template <typename T>
struct FieldsCodec;  // fields.h
template <typename T>
struct MsgpackCodec;  // msgpack.h

template <typename Map>
struct MapCodec {
    static bool decode(Reader& reader, Map& value) {
        Reader::Nesting nesting(reader);
        std::size_t count = 0;
        if (!nesting.allowed() || !reader.read_map(count)) return false;
        value.clear();
        for (std::size_t i = 0; i < count; ++i) {
            std::string_view key;
            if (!reader.read_key(key)) return false;
            auto& item = value[std::string(key)];
            if (!Codec<typename Map::mapped_type>::decode(reader, item)) return reader.in_member(key);
        }
        return true;
    }
    static void encode(Writer& writer, const Map& value) {
        writer.begin_map(value.size());
        for (const auto& [key, item] : value) {
            writer.write(std::string_view(key));
            Codec<typename Map::mapped_type>::encode(writer, item);
        }
    }
};

}  // namespace detail

template <typename T, typename>
struct Codec {
    static_assert(
        detail::has_fields<T>::value || detail::has_defaulted<T>::value || detail::has_msgpack<T>::value,
        "this type has no place in a payload: give the struct FAIRLEAD_FIELDS(members...), or specialise "
        "fairlead::Codec for it");
    using Struct = std::conditional_t<detail::has_fields<T>::value || detail::has_defaulted<T>::value,
                                      detail::FieldsCodec<T>, detail::MsgpackCodec<T>>;

    static bool decode(Reader& reader, T& value) { return Struct::decode(reader, value); }
    static void encode(Writer& writer, const T& value) { Struct::encode(writer, value); }
};

template <>
struct Codec<bool> {
    static bool decode(Reader& reader, bool& value) { return reader.read(value); }
    static void encode(Writer& writer, bool value) { writer.write(value); }
};

template <typename T>
struct Codec<T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>>> {
    static bool decode(Reader& reader, T& value) {
        if constexpr (std::is_signed_v<T>) {
            std::int64_t wide = 0;
            if (!detail::decode_signed(reader, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(),
                                       wide)) {
                return false;
            }
            value = static_cast<T>(wide);
        } else {
            std::uint64_t wide = 0;
            if (!detail::decode_unsigned(reader, std::numeric_limits<T>::max(), wide)) return false;
            value = static_cast<T>(wide);
        }
        return true;
    }
    static void encode(Writer& writer, T value) {
        if constexpr (std::is_signed_v<T>) {
            writer.write(static_cast<std::int64_t>(value));
        } else {
            writer.write(static_cast<std::uint64_t>(value));
        }
    }
};

template <typename T>
struct Codec<T, std::enable_if_t<std::is_floating_point_v<T>>> {
    static bool decode(Reader& reader, T& value) {
        double wide = 0;
        if (!reader.read(wide)) return false;
        value = static_cast<T>(wide);
        return true;
    }
    static void encode(Writer& writer, T value) { writer.write(static_cast<double>(value)); }
};

template <typename T>
struct Codec<T, std::enable_if_t<std::is_enum_v<T>>> {
    using Number = std::underlying_type_t<T>;
    static bool decode(Reader& reader, T& value) {
        Number number{};
        if (!Codec<Number>::decode(reader, number)) return false;
        value = static_cast<T>(number);
        return true;
    }
    static void encode(Writer& writer, T value) { Codec<Number>::encode(writer, static_cast<Number>(value)); }
};

template <>
struct Codec<std::string> {
    static bool decode(Reader& reader, std::string& value) { return detail::decode_string(reader, value); }
    static void encode(Writer& writer, const std::string& value) { writer.write(std::string_view(value)); }
};

/// Only to be sent: what is received must own its text.
template <>
struct Codec<std::string_view> {
    static void encode(Writer& writer, std::string_view value) { writer.write(value); }
};
template <>
struct Codec<const char*> {
    static void encode(Writer& writer, const char* value) { writer.write(std::string_view(value)); }
};
template <std::size_t N>
struct Codec<char[N]> {
    static void encode(Writer& writer, const char* value) { writer.write(std::string_view(value)); }
};
template <>
struct Codec<std::nullptr_t> {
    static void encode(Writer& writer, std::nullptr_t) { writer.write_null(); }
};

template <>
struct Codec<Bytes> {
    static bool decode(Reader& reader, Bytes& value) { return detail::decode_bytes(reader, value); }
    static void encode(Writer& writer, const Bytes& value) { writer.write_bytes(value.data(), value.size()); }
};

template <>
struct Codec<Raw> {
    static bool decode(Reader& reader, Raw& value) { return detail::decode_raw(reader, value); }
    static void encode(Writer& writer, const Raw& value) {
        if (value.bytes.empty()) {
            writer.write_null();
        } else {
            writer.write_raw(value.bytes);
        }
    }
};

template <>
struct Codec<Value> {
    static bool decode(Reader& reader, Value& value) { return detail::decode_value(reader, value); }
    static void encode(Writer& writer, const Value& value) { writer.write(value); }
};

template <typename T>
struct Codec<std::optional<T>> {
    static bool decode(Reader& reader, std::optional<T>& value) {
        value.reset();
        if (reader.empty()) return true;
        if (reader.next() == Reader::Next::null) return reader.read_null();
        return Codec<T>::decode(reader, value.emplace());
    }
    static void encode(Writer& writer, const std::optional<T>& value) {
        if (value) {
            Codec<T>::encode(writer, *value);
        } else {
            writer.write_null();
        }
    }
};

template <typename T>
struct Codec<std::vector<T>> {
    static bool decode(Reader& reader, std::vector<T>& value) {
        Reader::Nesting nesting(reader);
        std::size_t count = 0;
        if (!nesting.allowed() || !reader.read_array(count)) return false;
        value.clear();
        for (std::size_t i = 0; i < count; ++i) {
            T item{};
            if (!Codec<T>::decode(reader, item)) return reader.in_item(i);
            value.push_back(std::move(item));
        }
        return true;
    }
    static void encode(Writer& writer, const std::vector<T>& value) {
        writer.begin_array(value.size());
        for (std::size_t i = 0; i < value.size(); ++i)
            Codec<T>::encode(writer, value[i]);
    }
};

template <typename T, std::size_t N>
struct Codec<std::array<T, N>> {
    static bool decode(Reader& reader, std::array<T, N>& value) {
        Reader::Nesting nesting(reader);
        if (!nesting.allowed() || !detail::decode_array_of(reader, N)) return false;
        for (std::size_t i = 0; i < N; ++i) {
            if (!Codec<T>::decode(reader, value[i])) return reader.in_item(i);
        }
        return true;
    }
    static void encode(Writer& writer, const std::array<T, N>& value) {
        writer.begin_array(N);
        for (const T& item : value)
            Codec<T>::encode(writer, item);
    }
};

template <typename T, typename Less, typename Alloc>
struct Codec<std::map<std::string, T, Less, Alloc>>
    : detail::MapCodec<std::map<std::string, T, Less, Alloc>> {};
template <typename T, typename Hash, typename Equal, typename Alloc>
struct Codec<std::unordered_map<std::string, T, Hash, Equal, Alloc>>
    : detail::MapCodec<std::unordered_map<std::string, T, Hash, Equal, Alloc>> {};

template <typename T>
Result<T> decode(std::string_view payload) {
    Reader reader(payload);
    T value{};
    if (!Codec<T>::decode(reader, value) || !reader.finish()) return detail::bad_payload(reader);
    return value;
}

template <typename T>
std::string encode(const T& value) {
    std::string out;
    Writer writer(out);
    Codec<T>::encode(writer, value);
    return out;
}

template <typename T>
Result<T> Value::to() const {
    return decode<T>(encode(*this));
}

template <typename T>
Value Value::from(const T& value) {
    return decode<Value>(encode(value)).value();
}

}  // namespace fairlead

#include <fairlead/fields.h>
