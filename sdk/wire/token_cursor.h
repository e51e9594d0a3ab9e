// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "wire/fields.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/tokens.h"

namespace fairlead::wire {

/// Where a value was not what it must be. Made only when that happens.
struct Mismatch {
    std::string path;           ///< "endpoints[3].window"
    std::string_view expected;  ///< "a str"

    void within(std::string_view outer) {
        const bool joined = path.empty() || path.front() == '[';
        path.insert(0, joined ? std::string(outer) : std::string(outer) + ".");
    }
};

/// Walks a token list and turns tokens into typed values. Each take() moves past one value and is true, or
/// false with mismatch() set. Internal to this room.
///
/// Threads: one at a time.
class TokenCursor {
public:
    explicit TokenCursor(const std::vector<Token>& tokens) noexcept : next_(tokens.data()) {}

    /// What comes next. Callers know from the array they are in that there is something.
    const Token& peek() const noexcept { return *next_; }

    const Mismatch& mismatch() const noexcept { return mismatch_; }

    /// Moves past that many values with all that is in them.
    void skip(std::size_t values) noexcept {
        for (; values > 0; --values) {
            const Token& token = *next_++;
            values += token.type == Token::Type::array ? token.size : 0;
            values += token.type == Token::Type::map ? std::size_t{2} * token.size : 0;
        }
    }

    /// Moves into an array or map, whatever it is.
    void enter() noexcept { ++next_; }

    /// The head of an array: its items come next.
    bool take_array(std::size_t& items) {
        items = next_->size;
        return take(Token::Type::array, "an array");
    }

    bool take(std::string_view& out) {
        out = next_->bytes();
        return take(Token::Type::str, "a str");
    }

    bool take_bin(std::string_view& out) {
        out = next_->bytes();
        return take(Token::Type::bin, "a bin");
    }

    bool take(bool& out) {
        out = next_->number != 0;
        return take(Token::Type::boolean, "a bool");
    }

    bool take(Milliseconds& out) {
        std::uint64_t count = 0;
        const bool taken = take_integer(0, static_cast<std::uint64_t>(kMaxMilliseconds.count()), count,
                                        "an integer from 0 to 4294967295");
        out = Milliseconds(count);
        return taken;
    }

    template <typename T>
    requires std::is_unsigned_v<T>
    bool take(T& out) {
        constexpr std::string_view kExpected = sizeof(T) == 8   ? "an integer from 0 to 18446744073709551615"
                                               : sizeof(T) == 4 ? "an integer from 0 to 4294967295"
                                                                : "an integer from 0 to 255";
        std::uint64_t number = 0;
        const bool taken = take_integer(0, std::numeric_limits<T>::max(), number, kExpected);
        out = static_cast<T>(number);
        return taken;
    }

    bool take(ReturnReason& out) { return take_enum(out, 4, "an integer from 1 to 4"); }
    bool take(Action& out) { return take_enum(out, 4, "an integer from 1 to 4"); }

    bool take(Pairs& out) {
        std::size_t pairs = next_->size;
        if (!take(Token::Type::map, "a map of str to str")) {
            return false;
        }
        for (; pairs > 0; --pairs) {
            auto& [name, value] = out.emplace_back();
            if (!take(name) || !take(value)) {
                return false;
            }
        }
        return true;
    }

    /// An empty caller is nil.
    bool take(Caller& out) {
        if (next_->type == Token::Type::nil) {
            ++next_;
            return true;
        }
        return take_struct(out);
    }

    bool take(Endpoint& out) { return take_struct(out); }
    bool take(Interest& out) { return take_struct(out); }

    template <typename T>
    bool take(std::vector<T>& out) {
        std::size_t items = 0;
        if (!take_array(items)) {
            return false;
        }
        for (std::size_t i = 0; i < items; ++i) {
            if (!take(out.emplace_back())) {
                mismatch_.within("[" + std::to_string(i) + "]");
                return false;
            }
        }
        return true;
    }

    /// The fields of a struct out of the `left` values of its array. Absent ones stay as they are, others
    /// that this version does not know are skipped.
    template <typename Struct>
    bool take_fields(Struct& out, std::size_t left) {
        const auto all = [&](const auto&... field) { return (take_field(out, field, left) && ...); };
        if (!std::apply(all, Fields<Struct>::kList)) {
            return false;
        }
        skip(left);
        return true;
    }

private:
    template <typename Struct>
    bool take_struct(Struct& out) {
        std::size_t items = 0;
        return take_array(items) && take_fields(out, items);
    }

    template <typename Struct, typename Member>
    bool take_field(Struct& out, const Field<Struct, Member>& field, std::size_t& left) {
        return left == 0 || finish_field(field.name, left, take(out.*field.member));
    }
    template <typename Struct>
    bool take_field(Struct& out, const BinField<Struct>& field, std::size_t& left) {
        return left == 0 || finish_field(field.name, left, take_bin(out.*field.member));
    }

    bool finish_field(std::string_view name, std::size_t& left, bool taken) {
        --left;
        if (!taken) {
            mismatch_.within(name);
        }
        return taken;
    }

    bool take(Token::Type type, std::string_view expected) {
        return next_->type == type ? (++next_, true) : refuse(expected);
    }

    bool take_integer(std::uint64_t least, std::uint64_t most, std::uint64_t& out,
                      std::string_view expected) {
        out = next_->number;
        return out >= least && out <= most ? take(Token::Type::integer, expected) : refuse(expected);
    }

    template <typename Enum>
    bool take_enum(Enum& out, std::uint64_t most, std::string_view expected) {
        std::uint64_t number = 0;
        const bool taken = take_integer(1, most, number, expected);
        out = static_cast<Enum>(number);
        return taken;
    }

    bool refuse(std::string_view expected) {
        mismatch_ = Mismatch{{}, expected};
        return false;
    }

    const Token* next_;
    Mismatch mismatch_;
};

}  // namespace fairlead::wire
