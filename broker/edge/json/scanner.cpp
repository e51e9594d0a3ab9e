// SPDX-License-Identifier: Apache-2.0
#include "edge/json/scanner.h"

#include "edge/json/number.h"
#include "wire/utf8.h"

namespace fairlead::edge::json {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

}  // namespace

std::string_view to_string(Refusal refusal) noexcept {
    switch (refusal) {
        case Refusal::none:
            return "";
        case Refusal::lone_surrogate:
            return "a lone surrogate";
        case Refusal::number_beyond_double:
            return "a number beyond a double";
        case Refusal::too_deep:
            return "nested too deep";
    }
    return "";
}

Type Scanner::type() noexcept {
    skip_space();
    switch (peek()) {
        case '{':
            return Type::object;
        case '[':
            return Type::array;
        case '"':
            return Type::string;
        case 't':
        case 'f':
            return Type::boolean;
        case 'n':
            return Type::null;
        case '-':
            return Type::number;
        default:
            return is_digit(peek()) ? Type::number : Type::none;
    }
}

bool Scanner::fail() noexcept {
    // Text that is not UTF-8 is that first of all, wherever the grammar broke.
    return running() ? end(wire::valid_utf8(rest()) ? Verdict::malformed : Verdict::bad_utf8) : false;
}

bool Scanner::end(Verdict verdict) noexcept {
    verdict_ = verdict;
    refusal_ = Refusal::none;
    at_ = end_;
    return false;
}

bool Scanner::refuse(Refusal why) noexcept {
    if (verdict_ == Verdict::ok) {
        verdict_ = Verdict::refused;
        refusal_ = why;
    }
    return true;
}

void Scanner::pass_space() noexcept {
    while (at_ != end_) {
        const char c = *at_;
        if (c > ' ') return;
        if (c != ' ' && c != '\t' && c != '\r' && (c != '\n' || newline_ == Newline::end)) return;
        spaced_ = true;
        ++at_;
    }
}

bool Scanner::string(Text& out) noexcept {
    const char* const begin = ++at_;
    out.escaped = false;
    for (;;) {
        at_ = skip_plain(at_, end_);
        const char c = peek();
        if (c == '"') {
            out.raw = {begin, static_cast<std::size_t>(at_ - begin)};
            ++at_;
            return true;
        }
        if (c == '\\') {
            out.escaped = true;
            if (!escape()) return false;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            return fail();  // a control character, or the end of the text
        } else {
            const std::size_t length = utf8_length(at_, end_);
            if (length == 0) return end(Verdict::bad_utf8);
            at_ += length;
        }
    }
}

bool Scanner::escape() noexcept {
    if (end_ - at_ < 2) return fail();
    switch (at_[1]) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't':
            at_ += 2;
            return true;
        case 'u':
            break;
        default:
            return fail();
    }
    const int unit = end_ - at_ < 6 ? -1 : hex_unit(at_ + 2);
    if (unit < 0) return fail();
    at_ += 6;
    return unit < 0xD800 || unit > 0xDFFF || surrogate(unit);
}

/// The escape before `at_` was half of a pair: passes the other half, or refuses. What follows a lone one is
/// looked at by the caller, so a broken escape is still a broken escape.
bool Scanner::surrogate(int unit) noexcept {
    const bool pair = unit < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u';
    const int low = pair ? hex_unit(at_ + 2) : -1;
    if (low < 0xDC00 || low > 0xDFFF) return refuse(Refusal::lone_surrogate);
    at_ += 6;
    return true;
}

bool Scanner::digits() noexcept {
    if (!is_digit(peek())) return fail();
    while (at_ != end_ && is_digit(*at_))
        ++at_;
    return true;
}

bool Scanner::number(Number& out) noexcept {
    const char* const begin = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
        ++at_;  // and no digit after it: what follows a value is checked by whoever asked for it
    } else if (!digits()) {
        return false;
    }
    out.integral = true;
    if (peek() == '.') {
        out.integral = false;
        ++at_;
        if (!digits()) return false;
    }
    bool exponent = false;
    if (peek() == 'e' || peek() == 'E') {
        exponent = true;
        out.integral = false;
        ++at_;
        if (peek() == '-' || peek() == '+') ++at_;
        if (!digits()) return false;
    }
    out.text = {begin, static_cast<std::size_t>(at_ - begin)};
    if (exponent || out.text.size() > 300) check_range(out.text);
    return true;
}

void Scanner::check_range(std::string_view text) noexcept {
    double value = 0;
    if (!to_double(text, value)) refuse(Refusal::number_beyond_double);
}

bool Scanner::literal() noexcept {
    for (const std::string_view word : {std::string_view{"true"}, {"false"}, {"null"}}) {
        if (!rest().starts_with(word)) continue;
        at_ += word.size();
        return true;
    }
    return fail();
}

bool Scanner::key(Text& out) noexcept {
    if (peek() != '"') return fail();
    if (!string(out)) return false;
    skip_space();
    if (peek() != ':') return fail();
    ++at_;
    skip_space();
    return true;
}

bool Scanner::member(bool& first, Text& key_out) noexcept {
    skip_space();
    if (peek() == '}') {
        ++at_;
        return false;
    }
    if (!first) {
        if (peek() != ',') return fail();
        ++at_;
        skip_space();
    }
    first = false;
    return key(key_out);
}

bool Scanner::element(bool& first) noexcept {
    skip_space();
    if (peek() == ']') {
        ++at_;
        return false;
    }
    if (!first) {
        if (peek() != ',') return fail();
        ++at_;
        skip_space();
    }
    first = false;
    return true;
}

bool Scanner::scalar() noexcept {
    switch (type()) {
        case Type::string: {
            Text text;
            return string(text);
        }
        case Type::number: {
            Number number_out;
            return number(number_out);
        }
        case Type::boolean:
        case Type::null:
            return literal();
        default:
            return fail();
    }
}

/// At the first byte of a value: passes a scalar or an empty array or object (`complete`), or an opening
/// bracket and, in an object, the first key.
bool Scanner::begin_value(Nesting& nesting, bool& complete) {
    const char bracket = peek();
    complete = true;
    if (bracket != '{' && bracket != '[') return scalar();
    const bool object = bracket == '{';
    nesting.push(object);
    if (nesting.depth() > max_depth_) refuse(Refusal::too_deep);
    ++at_;
    skip_space();
    if (peek() == (object ? '}' : ']')) {
        ++at_;
        nesting.pop();
        return true;
    }
    complete = false;
    Text text;
    return !object || key(text);
}

/// Behind a value: passes closing brackets, then a comma and, in an object, the next key. With nothing open
/// any more it stays where it is.
bool Scanner::end_value(Nesting& nesting) noexcept {
    while (nesting.depth() != 0) {
        const bool object = nesting.in_object();
        skip_space();
        const char c = peek();
        if (c != ',' && c != (object ? '}' : ']')) return fail();
        ++at_;
        if (c == ',') {
            skip_space();
            Text text;
            return !object || key(text);
        }
        nesting.pop();
    }
    return true;
}

bool Scanner::value(RawValue& out) {
    skip_space();
    spaced_ = false;
    const char* const begin = at_;
    Nesting nesting;
    do {
        bool complete = false;
        if (!begin_value(nesting, complete)) return false;
        if (complete && !end_value(nesting)) return false;
    } while (nesting.depth() != 0);
    out = {{begin, static_cast<std::size_t>(at_ - begin)}, spaced_};
    return true;
}

Scan scan(std::string_view text, std::size_t max_depth) {
    Scanner scanner(text, Newline::space, max_depth);
    Scan out;
    if (scanner.value(out.value)) {
        scanner.skip_space();
        if (!scanner.rest().empty()) scanner.fail();
    }
    out.verdict = scanner.verdict();
    out.refusal = scanner.refusal();
    return out;
}

}  // namespace fairlead::edge::json
