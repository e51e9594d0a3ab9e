// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include <fairlead/codec.h>
#include <fairlead/export.h>

/// Names the members that a struct has in a payload, inside the struct:
///
///     struct NewOrder {
///         std::string sku;
///         int qty = 1;
///         std::optional<std::string> note;
///         FAIRLEAD_FIELDS(sku, note)
///         FAIRLEAD_DEFAULTED(qty)
///     };
///
/// Members in FAIRLEAD_FIELDS are required, unless their type is std::optional; those in FAIRLEAD_DEFAULTED
/// may be absent and then keep what the struct gives them. Both are sent always, but an empty optional is
/// left out. Unknown members of a payload are passed over, the last of equal keys wins. Members are what
/// codec.h lists, other such structs too. The struct stays an aggregate; it needs a default constructor to be
/// received. At most one of each macro in a struct.
#define FAIRLEAD_FIELDS(...) FAIRLEAD_DETAIL_FIELDS(fairlead_fields, true, #__VA_ARGS__, (__VA_ARGS__))
#define FAIRLEAD_DEFAULTED(...) FAIRLEAD_DETAIL_FIELDS(fairlead_defaulted, false, #__VA_ARGS__, (__VA_ARGS__))

#define FAIRLEAD_DETAIL_FIELDS(function, required, text, members)                         \
    static constexpr std::size_t function##_count() {                                     \
        return ::fairlead::detail::count_names(text);                                     \
    }                                                                                     \
    void function(::fairlead::detail::FieldsIn& fairlead_sink) {                          \
        static constexpr auto kFairleadNames =                                            \
            ::fairlead::detail::split_names<::fairlead::detail::count_names(text)>(text); \
        fairlead_sink.of(kFairleadNames.data(), required) members;                        \
    }                                                                                     \
    void function(::fairlead::detail::FieldsOut& fairlead_sink) const {                   \
        static constexpr auto kFairleadNames =                                            \
            ::fairlead::detail::split_names<::fairlead::detail::count_names(text)>(text); \
        fairlead_sink.of(kFairleadNames.data(), required) members;                        \
    }

namespace fairlead::detail {

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// How many names "id, user, sku" holds.
constexpr std::size_t count_names(std::string_view text) {
    bool any = false;
    std::size_t count = 1;
    for (char c : text) {
        any = any || !is_space(c);
        if (c == ',') ++count;
    }
    return any ? count : 0;
}

constexpr std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

template <std::size_t Count>
constexpr std::array<std::string_view, Count> split_names([[maybe_unused]] std::string_view text) {
    std::array<std::string_view, Count> names{};
    for (std::size_t i = 0; i < Count; ++i) {
        std::size_t comma = text.find(',');
        names[i] = trim(text.substr(0, comma));
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return names;
}

/// One member while a map is read into its struct.
struct FieldIn {
    std::string_view name;
    void* member;
    bool (*decode)(Reader& reader, void* member);
    bool required;
    bool seen;
};

/// One member while a struct is written.
struct FieldOut {
    std::string_view name;
    const void* member;
    void (*encode)(Writer& writer, const void* member);
};

FAIRLEAD_EXPORT bool decode_fields(Reader& reader, FieldIn* fields, std::size_t count);
FAIRLEAD_EXPORT void encode_fields(Writer& writer, const FieldOut* fields, std::size_t count);

/// Takes the members of one struct in their order.
class FieldsIn {
public:
    explicit FieldsIn(FieldIn* fields) : next_(fields) {}

    FieldsIn& of(const std::string_view* names, bool required) {
        names_ = names;
        required_ = required;
        return *this;
    }

    template <typename... Members>
    void operator()(Members&... members) {
        (add(members), ...);
    }

private:
    template <typename Member>
    void add(Member& member) {
        *next_++ = FieldIn{
            *names_++, &member,
            [](Reader& reader, void* at) { return Codec<Member>::decode(reader, *static_cast<Member*>(at)); },
            required_ && !is_optional<Member>::value, false};
    }

    FieldIn* next_;
    const std::string_view* names_ = nullptr;
    bool required_ = true;
};

class FieldsOut {
public:
    explicit FieldsOut(FieldOut* fields) : next_(fields) {}

    FieldsOut& of(const std::string_view* names, bool) {
        names_ = names;
        return *this;
    }

    template <typename... Members>
    void operator()(const Members&... members) {
        (add(members), ...);
    }

    const FieldOut* end() const { return next_; }

private:
    template <typename Member>
    void add(const Member& member) {
        std::string_view name = *names_++;
        if constexpr (is_optional<Member>::value) {
            if (!member.has_value()) return;
        }
        *next_++ = FieldOut{name, &member, [](Writer& writer, const void* at) {
                                Codec<Member>::encode(writer, *static_cast<const Member*>(at));
                            }};
    }

    FieldOut* next_;
    const std::string_view* names_ = nullptr;
};

template <typename T, typename = void>
struct RequiredFields {
    static constexpr std::size_t count = 0;
    template <typename Self, typename Sink>
    static void visit(Self&, Sink&) {}
};
template <typename T>
struct RequiredFields<T, std::void_t<decltype(T::fairlead_fields_count())>> {
    static constexpr std::size_t count = T::fairlead_fields_count();
    template <typename Self, typename Sink>
    static void visit(Self& self, Sink& sink) {
        self.fairlead_fields(sink);
    }
};

template <typename T, typename = void>
struct DefaultedFields {
    static constexpr std::size_t count = 0;
    template <typename Self, typename Sink>
    static void visit(Self&, Sink&) {}
};
template <typename T>
struct DefaultedFields<T, std::void_t<decltype(T::fairlead_defaulted_count())>> {
    static constexpr std::size_t count = T::fairlead_defaulted_count();
    template <typename Self, typename Sink>
    static void visit(Self& self, Sink& sink) {
        self.fairlead_defaulted(sink);
    }
};

/// Structs with the macros.
template <typename T>
struct FieldsCodec {
    static constexpr std::size_t kCount = RequiredFields<T>::count + DefaultedFields<T>::count;

    static bool decode(Reader& reader, T& value) {
        std::array<FieldIn, kCount + 1> fields;  // one more, since there may be none
        FieldsIn sink(fields.data());
        RequiredFields<T>::visit(value, sink);
        DefaultedFields<T>::visit(value, sink);
        return decode_fields(reader, fields.data(), kCount);
    }

    static void encode(Writer& writer, const T& value) {
        std::array<FieldOut, kCount + 1> fields;
        FieldsOut sink(fields.data());
        RequiredFields<T>::visit(value, sink);
        DefaultedFields<T>::visit(value, sink);
        encode_fields(writer, fields.data(), static_cast<std::size_t>(sink.end() - fields.data()));
    }
};

}  // namespace fairlead::detail
