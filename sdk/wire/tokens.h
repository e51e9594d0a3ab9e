// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace fairlead::wire {

/// One MessagePack value. What belongs to an array or map follows it in the list: `size` items, or `size`
/// pairs.
struct Token {
    enum class Type : std::uint8_t { nil, boolean, integer, negative, real, str, bin, array, map };

    Type type = Type::nil;
    std::uint32_t size = 0;      ///< bytes of a str or bin, items of an array, pairs of a map
    std::uint64_t number = 0;    ///< of an integer (not negative) or boolean
    const char* data = nullptr;  ///< of a str or bin

    std::string_view bytes() const noexcept { return {data, size}; }
};

struct TokenLimits {
    std::size_t bytes;
    std::size_t depth;  ///< arrays and maps within each other
    std::size_t items;  ///< values of all levels
};

/// Cuts one MessagePack value into a flat list of tokens, within limits. The list keeps its memory from call
/// to call. Internal to this room.
///
/// Threads: one at a time.
class TokenList {
public:
    explicit TokenList(const TokenLimits& limits);
    ~TokenList();
    TokenList(TokenList&&) noexcept;
    TokenList& operator=(TokenList&&) noexcept;

    /// True if `bytes` is exactly one value, without extension types and with every str in UTF-8; the tokens
    /// then point into `bytes`. Else error() says why.
    bool parse(std::string_view bytes);

    const std::vector<Token>& tokens() const noexcept;
    std::string_view error() const noexcept;

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace fairlead::wire
