// SPDX-License-Identifier: Apache-2.0
#include "wire/tokens.h"

#include <msgpack/null_visitor.hpp>

#include <msgpack/unpack.hpp>

#include "wire/utf8.h"

namespace fairlead::wire {
namespace {

using Type = Token::Type;

/// What the parser calls for each value; false stops it. Limits are checked before memory is taken, so what a
/// header claims costs nothing.
class Collector : public msgpack::null_visitor {
public:
    explicit Collector(const TokenLimits& limits) : limits_(limits) {}

    void init() noexcept {
        tokens_.clear();
        depth_ = 0;
        error_ = {};
    }

    bool visit_nil() { return add(Type::nil); }
    bool visit_boolean(bool value) { return add(Type::boolean, 0, value ? 1U : 0U); }
    bool visit_positive_integer(std::uint64_t value) { return add(Type::integer, 0, value); }
    bool visit_negative_integer(std::int64_t value) {  // called for every signed format, whatever the value
        return value < 0 ? add(Type::negative) : visit_positive_integer(static_cast<std::uint64_t>(value));
    }
    bool visit_float32(float) { return add(Type::real); }
    bool visit_float64(double) { return add(Type::real); }
    bool visit_str(const char* data, std::uint32_t size) {
        const bool text = valid_utf8({data, size});
        return text ? add(Type::str, size, 0, data) : fail("a str is not UTF-8");
    }
    bool visit_bin(const char* data, std::uint32_t size) { return add(Type::bin, size, 0, data); }
    bool visit_ext(const char*, std::uint32_t) { return fail("extension types are not used"); }

    bool start_array(std::uint32_t items) { return open(Type::array, items, items); }
    bool end_array() { return close(); }
    bool start_map(std::uint32_t pairs) { return open(Type::map, pairs, std::uint64_t{2} * pairs); }
    bool end_map() { return close(); }

    void parse_error(std::size_t, std::size_t) { fail("not MessagePack"); }

    bool fail(std::string_view error) noexcept {
        error_ = error;
        return false;
    }

    const std::vector<Token>& tokens() const noexcept { return tokens_; }
    std::string_view error() const noexcept { return error_; }

private:
    bool add(Type type, std::uint32_t size = 0, std::uint64_t number = 0, const char* data = nullptr) {
        if (tokens_.size() == limits_.items) {
            return fail("too many values");
        }
        Token& token = tokens_.emplace_back();
        token.type = type;
        token.size = size;
        token.number = number;
        token.data = data;
        return true;
    }

    bool open(Type type, std::uint32_t size, std::uint64_t children) {
        if (++depth_ > limits_.depth) {
            return fail("nested too deep");
        }
        if (children > limits_.items - tokens_.size()) {
            return fail("too many values");
        }
        return add(type, size);
    }

    bool close() noexcept {
        --depth_;
        return true;
    }

    TokenLimits limits_;
    std::vector<Token> tokens_;
    std::size_t depth_ = 0;
    std::string_view error_;
};

}  // namespace

/// msgpack::parse() makes a parser, and with it an allocation, a call; this keeps the one it uses.
struct TokenList::Parser {
    explicit Parser(const TokenLimits& limits)
        : max_bytes(limits.bytes), collector(limits), parser(collector) {}

    std::size_t max_bytes;
    Collector collector;
    msgpack::detail::parse_helper<Collector> parser;
};

TokenList::TokenList(const TokenLimits& limits) : parser_(std::make_unique<Parser>(limits)) {}
TokenList::~TokenList() = default;
TokenList::TokenList(TokenList&&) noexcept = default;
TokenList& TokenList::operator=(TokenList&&) noexcept = default;

bool TokenList::parse(std::string_view bytes) {
    parser_->parser.init();
    Collector& collector = parser_->collector;
    if (bytes.size() > parser_->max_bytes) {
        return collector.fail("too many bytes");
    }
    std::size_t end = 0;
    switch (parser_->parser.execute(bytes.data(), bytes.size(), end)) {
        case msgpack::PARSE_SUCCESS:
            return end == bytes.size() || collector.fail("bytes after the value");
        case msgpack::PARSE_CONTINUE:
            return collector.fail("ends early");
        default:
            return false;
    }
}

const std::vector<Token>& TokenList::tokens() const noexcept {
    return parser_->collector.tokens();
}

std::string_view TokenList::error() const noexcept {
    return parser_->collector.error();
}

}  // namespace fairlead::wire
