// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "edge/json/text.h"

namespace fairlead::edge::json {

/// Levels of arrays and objects that one value may nest: `[[1]]` has two. A payload is counted from its own
/// first bracket, not from the envelope, so it is the same payload in every encoding.
constexpr std::size_t kMaxDepth = 64;

/// What a scan found, in the order of weight: a later one outweighs an earlier one.
enum class Verdict : std::uint8_t {
    ok,
    refused,    ///< grammatical, but holds what we do not carry: error 107
    malformed,  ///< no JSON, or not what the protocol wants there: close 3501
    bad_utf8,   ///< not UTF-8, inside strings or outside: close 1007
};

/// What makes grammatical JSON refused.
enum class Refusal : std::uint8_t { none, lone_surrogate, number_beyond_double, too_deep };

std::string_view to_string(Refusal refusal) noexcept;

/// A value as it stands in the text, without white space around it. Empty = absent; `null` is the value null.
struct RawValue {
    std::string_view json;
    bool spaced = false;  ///< has white space outside strings, so `compact` it before it goes into a frame

    bool present() const noexcept { return !json.empty(); }
};

/// A number as it stands in the text.
struct Number {
    std::string_view text;
    bool integral = false;  ///< has neither a fraction nor an exponent
};

/// What kind of value its first byte promises.
enum class Type : std::uint8_t { object, array, string, number, boolean, null, none };

/// Whether a raw newline is white space (a text of its own) or ends the value (commands in a message).
enum class Newline : std::uint8_t { space, end };

/// The open brackets of a scan: a bit each, so that a million of them cost 128 KiB and no stack. Up to 128
/// nothing is allocated.
class Nesting {
public:
    void push(bool object) {
        const std::size_t word = depth_ / 64;
        if (word >= near_.size() && word - near_.size() == far_.size()) far_.push_back(0);
        set(word < near_.size() ? near_[word] : far_[word - near_.size()], object);
        ++depth_;
    }
    void pop() noexcept { --depth_; }
    std::size_t depth() const noexcept { return depth_; }
    bool in_object() const noexcept {
        const std::size_t top = depth_ - 1;
        const std::size_t word = top / 64;
        return ((word < near_.size() ? near_[word] : far_[word - near_.size()]) >> (top % 64) & 1U) != 0;
    }

private:
    void set(std::uint64_t& word, bool object) const noexcept {
        const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
        word = object ? word | bit : word & ~bit;
    }

    std::array<std::uint64_t, 2> near_{};
    std::vector<std::uint64_t> far_;
    std::size_t depth_ = 0;
};

/// One forward pass over a JSON text (RFC 8259), pulled by the caller: it checks grammar, UTF-8, depth and
/// numbers of all it passes, and remembers the heaviest verdict. `malformed` and `bad_utf8` end the scan;
/// after `refused` it goes on, so that what stands behind (a command's `id`) is still found. Never recursive.
///
/// Functions that read return false when the scan has ended; the caller then looks at `verdict()`.
/// The text outlives the scanner and all views that it hands out.
///
/// Threads: one scanner, one thread at a time.
class Scanner {
public:
    explicit Scanner(std::string_view text, Newline newline = Newline::space,
                     std::size_t max_depth = kMaxDepth) noexcept
        : at_(text.data()), end_(at_ + text.size()), max_depth_(max_depth), newline_(newline) {}

    Verdict verdict() const noexcept { return verdict_; }
    bool running() const noexcept { return verdict_ < Verdict::malformed; }
    Refusal refusal() const noexcept { return refusal_; }  ///< none unless the verdict is `refused`

    /// The type of the value that comes next; white space before it is passed.
    Type type() noexcept;

    /// Passes one whole value, whatever it is.
    bool value(RawValue& out);

    /// `type()` said string, number; boolean or null.
    bool string(Text& out) noexcept;
    bool number(Number& out) noexcept;
    bool literal() noexcept;

    /// `type()` said object or array. Passes the bracket; then `while (member(first, key)) { one value }`,
    /// with `bool first = true` before the loop, and the same with `element`. False: closed, or the scan has
    /// ended.
    void open() noexcept { ++at_; }
    bool member(bool& first, Text& key) noexcept;
    bool element(bool& first) noexcept;

    /// Passes white space behind the last value; what is left then is `rest()`.
    void skip_space() noexcept {
        if (peek() <= ' ') pass_space();  // most texts have none
    }
    std::string_view rest() const noexcept { return {at_, static_cast<std::size_t>(end_ - at_)}; }

    /// The text is not what it should be here. Always returns false.
    bool fail() noexcept;

private:
    char peek() const noexcept { return at_ == end_ ? '\0' : *at_; }
    void pass_space() noexcept;
    bool refuse(Refusal why) noexcept;
    bool end(Verdict verdict) noexcept;
    bool key(Text& out) noexcept;
    bool escape() noexcept;
    bool surrogate(int unit) noexcept;
    bool digits() noexcept;
    void check_range(std::string_view text) noexcept;
    bool scalar() noexcept;
    bool begin_value(Nesting& nesting, bool& complete);
    bool end_value(Nesting& nesting) noexcept;

    const char* at_;
    const char* end_;
    std::size_t max_depth_;
    Newline newline_;
    bool spaced_ = false;
    Verdict verdict_ = Verdict::ok;
    Refusal refusal_ = Refusal::none;
};

/// What `scan` says of a whole text.
struct Scan {
    Verdict verdict = Verdict::ok;
    Refusal refusal = Refusal::none;
    RawValue value;  ///< the one value of the text, unless malformed or bad_utf8
};

/// Scans a text that is one value, with white space around it at most. Threads: any.
Scan scan(std::string_view text, std::size_t max_depth = kMaxDepth);

}  // namespace fairlead::edge::json
