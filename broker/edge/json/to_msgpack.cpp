// SPDX-License-Identifier: Apache-2.0
#include "edge/json/to_msgpack.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>

#include "edge/json/number.h"

namespace fairlead::edge::json {
namespace {

// Written by hand, since the library's packer turns 1.0 and -0.0 into integers and cannot patch a count.

/// A tag and the lowest `bytes` bytes of `value`, most significant first.
void put(std::string& out, unsigned tag, std::uint64_t value = 0, unsigned bytes = 0) {
    out += static_cast<char>(static_cast<unsigned char>(tag));
    for (unsigned left = bytes; left != 0; --left) {
        out += static_cast<char>(static_cast<unsigned char>(value >> (8 * (left - 1))));
    }
}

void put_unsigned(std::string& out, std::uint64_t value) {
    if (value < 0x80) return put(out, static_cast<unsigned>(value));
    if (value <= UINT8_MAX) return put(out, 0xCC, value, 1);
    if (value <= UINT16_MAX) return put(out, 0xCD, value, 2);
    if (value <= UINT32_MAX) return put(out, 0xCE, value, 4);
    put(out, 0xCF, value, 8);
}

void put_negative(std::string& out, std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    if (value >= -32) return put(out, static_cast<unsigned>(bits & 0xFF));
    if (value >= INT8_MIN) return put(out, 0xD0, bits, 1);
    if (value >= INT16_MIN) return put(out, 0xD1, bits, 2);
    if (value >= INT32_MIN) return put(out, 0xD2, bits, 4);
    put(out, 0xD3, bits, 8);
}

void put_str_head(std::string& out, std::size_t size) {
    if (size < 32) return put(out, 0xA0U | static_cast<unsigned>(size));
    if (size <= UINT8_MAX) return put(out, 0xD9, size, 1);
    if (size <= UINT16_MAX) return put(out, 0xDA, size, 2);
    put(out, 0xDB, size, 4);
}

/// Turns the one byte kept free at `head` into the header of an array or map of `count`.
void patch_head(std::string& out, std::size_t head, std::size_t count, unsigned small_tag, unsigned tag16) {
    if (count < 16) {
        out[head] = static_cast<char>(static_cast<unsigned char>(small_tag | count));
        return;
    }
    std::string bytes;
    if (count <= UINT16_MAX) {
        put(bytes, tag16, count, 2);
    } else {
        put(bytes, tag16 + 1, count, 4);
    }
    out.replace(head, 1, bytes);
}

template <typename Integer>
bool to_integer(std::string_view text, Integer& out) noexcept {
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, out);
    return result.ec == std::errc{} && result.ptr == end;
}

void put_number(std::string& out, const Number& number) {
    const bool negative = number.text.front() == '-';
    std::uint64_t magnitude = 0;
    std::int64_t below_zero = 0;
    if (number.integral && !negative && to_integer(number.text, magnitude))
        return put_unsigned(out, magnitude);
    if (number.integral && negative && to_integer(number.text, below_zero) && below_zero != 0) {
        return put_negative(out, below_zero);
    }
    double value = 0;
    to_double(number.text, value);
    put(out, 0xCB, std::bit_cast<std::uint64_t>(value), 8);
}

}  // namespace

/// One translation. Recursive, so never deeper than max_depth_; what is deeper is passed by the scanner.
class ToMsgpack::Walk {
public:
    Walk(ToMsgpack& owner, std::string_view json, std::string& out)
        : owner_(owner), scanner_(json, Newline::space, owner.max_depth_), out_(out) {}

    Verdict run();

private:
    void value(std::size_t depth);
    void object(std::size_t depth);
    void array(std::size_t depth);
    void string();
    void put_text(const Text& text);
    void too_deep();
    std::size_t last_wins(std::size_t mark);
    bool has_twins(std::size_t mark);
    void sort_keys(std::size_t mark);
    void rebuild(std::size_t mark);
    std::string_view key(std::size_t index) const {
        const Entry& entry = owner_.entries_[index];
        return {out_.data() + entry.begin, entry.key_end - entry.begin};
    }

    ToMsgpack& owner_;
    Scanner scanner_;
    std::string& out_;
    bool too_deep_ = false;
};

Verdict ToMsgpack::append(std::string_view json, std::string& out) {
    const std::size_t before = out.size();
    entries_.clear();
    Walk walk(*this, json, out);
    const Verdict verdict = walk.run();
    if (verdict != Verdict::ok) out.resize(before);
    return verdict;
}

Verdict ToMsgpack::Walk::run() {
    value(0);
    scanner_.skip_space();
    if (!scanner_.rest().empty()) scanner_.fail();
    const bool only_deep = too_deep_ && scanner_.verdict() == Verdict::ok;
    owner_.refusal_ = only_deep ? Refusal::too_deep : scanner_.refusal();
    return only_deep ? Verdict::refused : scanner_.verdict();
}

void ToMsgpack::Walk::value(std::size_t depth) {
    const Type type = scanner_.type();
    if ((type == Type::object || type == Type::array) && depth == owner_.max_depth_) return too_deep();
    switch (type) {
        case Type::object:
            return object(depth + 1);
        case Type::array:
            return array(depth + 1);
        case Type::string:
            return string();
        case Type::number: {
            Number number;
            if (scanner_.number(number)) put_number(out_, number);
            return;
        }
        case Type::boolean:
            put(out_, scanner_.rest().front() == 't' ? 0xC3 : 0xC2);
            break;
        case Type::null:
            put(out_, 0xC0);
            break;
        case Type::none:
            scanner_.fail();
            return;
    }
    scanner_.literal();
}

void ToMsgpack::Walk::array(std::size_t depth) {
    const std::size_t head = out_.size();
    std::size_t count = 0;
    bool first = true;
    out_ += '\0';
    scanner_.open();
    for (; scanner_.element(first); ++count)
        value(depth);
    patch_head(out_, head, count, 0x90, 0xDC);
}

void ToMsgpack::Walk::object(std::size_t depth) {
    const std::size_t head = out_.size();
    const std::size_t mark = owner_.entries_.size();
    bool first = true;
    Text text;
    out_ += '\0';
    scanner_.open();
    while (scanner_.member(first, text)) {
        const std::size_t begin = out_.size();
        put_text(text);
        const std::size_t key_end = out_.size();
        value(depth);
        owner_.entries_.push_back({begin, key_end, out_.size()});
    }
    patch_head(out_, head, last_wins(mark), 0x80, 0xDE);
}

void ToMsgpack::Walk::string() {
    Text text;
    if (scanner_.string(text)) put_text(text);
}

void ToMsgpack::Walk::put_text(const Text& text) {
    if (!text.escaped) {
        put_str_head(out_, text.raw.size());
        out_ += text.raw;
        return;
    }
    // The length is known only afterwards.
    const std::size_t begin = out_.size();
    out_.resize(begin + text.raw.size());
    out_.resize(static_cast<std::size_t>(unescape(text.raw, out_.data() + begin) - out_.data()));
    std::string head;
    put_str_head(head, out_.size() - begin);
    out_.insert(begin, head);
}

void ToMsgpack::Walk::too_deep() {
    too_deep_ = true;
    RawValue passed;
    scanner_.value(passed);
}

/// Closes the entries since `mark`, drops all but the last of equal keys, and returns how many are left.
std::size_t ToMsgpack::Walk::last_wins(std::size_t mark) {
    auto& entries = owner_.entries_;
    if (has_twins(mark)) rebuild(mark);
    const std::size_t count = entries.size() - mark;
    entries.resize(mark);
    return count;
}

bool ToMsgpack::Walk::has_twins(std::size_t mark) {
    constexpr std::size_t kFew = 12;
    const std::size_t end = owner_.entries_.size();
    if (end - mark > kFew) {
        sort_keys(mark);
        const auto same = [this](std::size_t a, std::size_t b) { return key(a) == key(b); };
        return std::ranges::adjacent_find(owner_.order_, same) != owner_.order_.end();
    }
    for (std::size_t i = mark; i < end; ++i) {
        for (std::size_t j = mark; j < i; ++j) {
            if (key(i) == key(j)) return true;
        }
    }
    return false;
}

void ToMsgpack::Walk::sort_keys(std::size_t mark) {
    auto& order = owner_.order_;
    order.clear();
    for (std::size_t i = mark; i < owner_.entries_.size(); ++i)
        order.push_back(i);
    std::ranges::sort(order, [this](std::size_t a, std::size_t b) {
        const int difference = key(a).compare(key(b));
        return difference != 0 ? difference < 0 : a < b;
    });
}

/// Writes the members anew: a key in the place of its first, with the value of its last.
void ToMsgpack::Walk::rebuild(std::size_t mark) {
    auto& entries = owner_.entries_;
    auto& order = owner_.order_;
    const std::size_t begin = entries[mark].begin;
    sort_keys(mark);
    // Each member points to the last of its key; those that are not the first of it are emptied.
    constexpr std::size_t kDropped = SIZE_MAX;
    std::vector<std::size_t> last(entries.size() - mark, kDropped);
    for (std::size_t i = 0; i < order.size();) {
        std::size_t next = i + 1;
        while (next < order.size() && key(order[next]) == key(order[i]))
            ++next;
        last[order[i] - mark] = order[next - 1];
        i = next;
    }
    std::string& rebuilt = owner_.rebuilt_;
    rebuilt.clear();
    std::size_t kept = mark;
    for (std::size_t i = mark; i < entries.size(); ++i) {
        if (last[i - mark] == kDropped) continue;
        const Entry& value_of = entries[last[i - mark]];
        rebuilt += key(i);
        rebuilt.append(out_, value_of.key_end, value_of.end - value_of.key_end);
        ++kept;
    }
    out_.replace(begin, out_.size() - begin, rebuilt);
    entries.resize(kept);  // only their number matters now
}

}  // namespace fairlead::edge::json
