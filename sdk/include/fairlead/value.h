// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <fairlead/export.h>
#include <fairlead/result.h>

namespace fairlead {

/// Bytes that are no text: a `bin` of MessagePack.
using Bytes = std::vector<std::uint8_t>;

/// One MessagePack value as it came, not decoded: for services that pass payloads on, or decode them
/// themselves. As a handler's parameter it takes any payload; empty stands for no payload.
struct Raw {
    std::string bytes;
};

/// Any payload, where no struct is wanted: what JSON can say, and bytes.
///
///     Value order = Value::map({{"sku", "tea"}, {"qty", 2}});
///     order["qty"].as_integer();      // 2
///     order["note"].as_string("-");   // "-": there is none
///
/// Reading never fails: what is absent or of another type is null, or the given fallback. 64-bit integers are
/// kept whole, a double stays a double (1.0 is not 1), keys keep their order. Threads: one at a time, as any
/// value.
class FAIRLEAD_EXPORT Value {
public:
    enum class Type : std::uint8_t { null, boolean, integer, number, string, bytes, array, map };
    using Array = std::vector<Value>;
    using Member = std::pair<std::string, Value>;
    using Map = std::vector<Member>;

    Value() noexcept = default;
    Value(std::nullptr_t) noexcept {}
    Value(bool value) noexcept : data_(value) {}
    Value(double value) noexcept : data_(value) {}
    Value(const char* value) : data_(std::string(value)) {}
    Value(std::string_view value) : data_(std::string(value)) {}
    Value(std::string value) noexcept : data_(std::move(value)) {}
    Value(Bytes value) noexcept : data_(std::move(value)) {}
    template <typename Int,
              typename = std::enable_if_t<std::is_integral_v<Int> && !std::is_same_v<Int, bool>>>
    Value(Int value) noexcept {
        if constexpr (std::is_signed_v<Int>) {
            data_ = static_cast<std::int64_t>(value);
        } else {
            data_ = static_cast<std::uint64_t>(value);
        }
    }
    Value(const void*) = delete;  // else a pointer would be a boolean

    static Value array(std::initializer_list<Value> items = {});
    static Value array(Array items);
    static Value map(std::initializer_list<Member> members = {});
    static Value map(Map members);

    Type type() const noexcept;
    bool is_null() const noexcept { return type() == Type::null; }
    bool is_array() const noexcept { return type() == Type::array; }
    bool is_map() const noexcept { return type() == Type::map; }
    bool is_string() const noexcept { return type() == Type::string; }

    bool as_bool(bool otherwise = false) const noexcept;
    /// `otherwise` for a value beyond 64 bits signed; as_unsigned() for a negative one.
    std::int64_t as_integer(std::int64_t otherwise = 0) const noexcept;
    std::uint64_t as_unsigned(std::uint64_t otherwise = 0) const noexcept;
    /// Integers count as numbers here.
    double as_number(double otherwise = 0) const noexcept;
    /// Valid as long as this value is not changed.
    std::string_view as_string(std::string_view otherwise = {}) const noexcept;
    /// Empty if it is none.
    const Bytes& as_bytes() const noexcept;
    const Array& as_array() const noexcept;
    const Map& as_map() const noexcept;

    /// Members of a map, items of an array; 0 for all else.
    std::size_t size() const noexcept;

    /// The member or item, or null. The last of equal keys wins.
    const Value& operator[](std::string_view key) const noexcept;
    const Value& operator[](std::size_t index) const noexcept;

    /// Sets a member; what is no map becomes one. Gives this value, to go on.
    Value& set(std::string_view key, Value value);
    /// Adds an item; what is no array becomes one. Gives this value, to go on.
    Value& add(Value item);

    /// The struct in it, or an error with its path as for a payload. Needs <fairlead/codec.h>.
    template <typename T>
    Result<T> to() const;
    /// A struct as a Value. Needs <fairlead/codec.h>.
    template <typename T>
    static Value from(const T& value);

    /// Same type and content. An integer is equal to no double; keys in another order are another value.
    FAIRLEAD_EXPORT friend bool operator==(const Value& a, const Value& b);
    friend bool operator!=(const Value& a, const Value& b) { return !(a == b); }

private:
    friend class Writer;
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Bytes, Array, Map>
        data_;
};

}  // namespace fairlead
