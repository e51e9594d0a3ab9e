// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>

#include <fairlead/reader.h>

#include "wire/utf8.h"

namespace fairlead {
namespace {

// First bytes of MessagePack's formats.
constexpr unsigned kFixMap = 0x80, kFixArray = 0x90, kFixText = 0xa0, kNull = 0xc0, kFalse = 0xc2,
                   kTrue = 0xc3;
constexpr unsigned kBytes8 = 0xc4, kBytes32 = 0xc6, kExtension8 = 0xc7, kExtension32 = 0xc9;
constexpr unsigned kFloat32 = 0xca, kFloat64 = 0xcb, kUnsigned8 = 0xcc, kUnsigned64 = 0xcf;
constexpr unsigned kSigned8 = 0xd0, kSigned64 = 0xd3, kFixExtension1 = 0xd4, kFixExtension16 = 0xd8;
constexpr unsigned kText8 = 0xd9, kText32 = 0xdb, kArray16 = 0xdc, kArray32 = 0xdd, kMap16 = 0xde,
                   kMap32 = 0xdf;
constexpr unsigned kNegative = 0xe0;

unsigned byte_at(const char* at) {
    return static_cast<unsigned char>(*at);
}

std::uint64_t big_endian(const char* at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        value = (value << 8) | byte_at(at + i);
    return value;
}

/// Width of the number or length that follows `first` in a group of formats that double it.
std::size_t width(unsigned first, unsigned group) {
    return std::size_t{1} << (first - group);
}

Reader::Next kind_of(unsigned first) {
    using Next = Reader::Next;
    if (first < kFixMap || first >= kNegative) return Next::integer;
    if (first < kFixArray) return Next::map;
    if (first < kFixText) return Next::array;
    if (first < kNull) return Next::string;
    if (first == kNull) return Next::null;
    if (first == kFalse || first == kTrue) return Next::boolean;
    if (first >= kBytes8 && first <= kBytes32) return Next::bytes;
    if (first >= kExtension8 && first <= kExtension32) return Next::extension;
    if (first == kFloat32 || first == kFloat64) return Next::number;
    if (first >= kUnsigned8 && first <= kSigned64) return Next::integer;
    if (first >= kFixExtension1 && first <= kFixExtension16) return Next::extension;
    if (first >= kText8 && first <= kText32) return Next::string;
    if (first == kArray16 || first == kArray32) return Next::array;
    if (first == kMap16 || first == kMap32) return Next::map;
    return Next::broken;
}

std::string_view name_of(Reader::Next next) {
    switch (next) {
        case Reader::Next::end:
            return "nothing";
        case Reader::Next::null:
            return "null";
        case Reader::Next::boolean:
            return "boolean";
        case Reader::Next::integer:
            return "integer";
        case Reader::Next::number:
            return "number";
        case Reader::Next::string:
            return "string";
        case Reader::Next::bytes:
            return "bytes";
        case Reader::Next::array:
            return "array";
        case Reader::Next::map:
            return "map";
        case Reader::Next::extension:
            return "extension type";
        case Reader::Next::broken:
            break;
    }
    return "no MessagePack";
}

bool read_integer(Reader& reader, double& value) {
    if (reader.negative()) {
        std::int64_t number = 0;
        if (!reader.read(number)) return false;
        value = static_cast<double>(number);
    } else {
        std::uint64_t number = 0;
        if (!reader.read(number)) return false;
        value = static_cast<double>(number);
    }
    return true;
}

constexpr std::size_t kMaxNameBytes = 64;

}  // namespace

Reader::Next Reader::next() const noexcept {
    return at_ == end_ ? Next::end : kind_of(byte_at(at_));
}

bool Reader::negative() const noexcept {
    if (next() != Next::integer) return false;
    unsigned first = byte_at(at_);
    if (first >= kSigned8 && first <= kSigned64) return bytes_left() > 1 && (byte_at(at_ + 1) & 0x80) != 0;
    return first >= kNegative;
}

bool Reader::take(std::size_t bytes, std::uint64_t& value) {
    if (bytes_left() < 1 + bytes) return refuse("ends early");
    value = big_endian(at_ + 1, bytes);
    at_ += 1 + bytes;
    return true;
}

bool Reader::read_null() {
    if (next() != Next::null) return expected("null");
    ++at_;
    return true;
}

bool Reader::read(bool& value) {
    if (next() != Next::boolean) return expected("boolean");
    value = byte_at(at_++) == kTrue;
    return true;
}

bool Reader::read(std::int64_t& value) {
    if (next() != Next::integer) return expected("integer");
    unsigned first = byte_at(at_);
    if (first < kFixMap || first >= kNegative) {
        value = static_cast<signed char>(*at_++);
        return true;
    }
    std::uint64_t bits = 0;
    if (first >= kSigned8) {
        std::size_t bytes = width(first, kSigned8);
        if (!take(bytes, bits)) return false;
        unsigned unused = static_cast<unsigned>(64 - 8 * bytes);
        value = static_cast<std::int64_t>(bits << unused) >> unused;
        return true;
    }
    if (!take(width(first, kUnsigned8), bits)) return false;
    if (bits > static_cast<std::uint64_t>(INT64_MAX)) {
        return refuse("expected integer up to 9223372036854775807, got " + std::to_string(bits));
    }
    value = static_cast<std::int64_t>(bits);
    return true;
}

bool Reader::read(std::uint64_t& value) {
    if (next() != Next::integer) return expected("integer");
    unsigned first = byte_at(at_);
    if (first >= kUnsigned8 && first <= kUnsigned64) return take(width(first, kUnsigned8), value);
    std::int64_t number = 0;
    if (!read(number)) return false;
    if (number < 0) return refuse("expected integer from 0 on, got " + std::to_string(number));
    value = static_cast<std::uint64_t>(number);
    return true;
}

bool Reader::read(double& value) {
    Next kind = next();
    if (kind == Next::integer) return read_integer(*this, value);
    if (kind != Next::number) return expected("number");
    std::uint64_t bits = 0;
    if (byte_at(at_) == kFloat64) {
        if (!take(8, bits)) return false;
        std::memcpy(&value, &bits, sizeof value);
        return true;
    }
    if (!take(4, bits)) return false;
    auto half = static_cast<std::uint32_t>(bits);
    float narrow;
    std::memcpy(&narrow, &half, sizeof narrow);
    value = static_cast<double>(narrow);
    return true;
}

bool Reader::take_text(std::size_t length_bytes, std::string_view& text) {
    std::uint64_t length = byte_at(at_) & 0x1f;
    if (length_bytes == 0) {
        ++at_;
    } else if (!take(length_bytes, length)) {
        return false;
    }
    if (length > bytes_left()) return refuse("ends early");
    text = std::string_view(at_, static_cast<std::size_t>(length));
    at_ += length;
    return true;
}

bool Reader::read(std::string_view& text) {
    if (next() != Next::string) return expected("string");
    unsigned first = byte_at(at_);
    return take_text(first < kNull ? 0 : width(first, kText8), text);
}

bool Reader::read_bytes(std::string_view& bytes) {
    if (next() != Next::bytes) return expected("bytes");
    return take_text(width(byte_at(at_), kBytes8), bytes);
}

bool Reader::take_count(std::size_t length_bytes, std::size_t bytes_an_item, std::size_t& count) {
    std::uint64_t claimed = byte_at(at_) & 0x0f;
    if (length_bytes == 0) {
        ++at_;
    } else if (!take(length_bytes, claimed)) {
        return false;
    }
    if (claimed > bytes_left() / bytes_an_item) return refuse("ends early");
    count = static_cast<std::size_t>(claimed);
    return true;
}

bool Reader::read_array(std::size_t& count) {
    if (next() != Next::array) return expected("array");
    unsigned first = byte_at(at_);
    return take_count(first < kFixText ? 0 : 2 * width(first, kArray16), 1, count);
}

bool Reader::read_map(std::size_t& count) {
    if (next() != Next::map) return expected("map");
    unsigned first = byte_at(at_);
    return take_count(first < kFixArray ? 0 : 2 * width(first, kMap16), 2, count);
}

bool Reader::read_key(std::string_view& key) {
    if (next() != Next::string) return refuse("expected string keys, got " + std::string(name_of(next())));
    return read(key);
}

bool Reader::read_raw(std::string_view& bytes) {
    const char* first = at_;
    if (!skip()) return false;
    bytes = std::string_view(first, static_cast<std::size_t>(at_ - first));
    return true;
}

bool Reader::skip_bytes(std::uint64_t bytes) {
    if (bytes > bytes_left()) return refuse("ends early");
    at_ += bytes;
    return true;
}

/// One value; what is inside an array or map is added to `pending`.
bool Reader::skip_one(std::size_t& pending) {
    std::string_view text;
    std::uint64_t length = 0;
    std::size_t count = 0;
    unsigned first = at_ == end_ ? kNull : byte_at(at_);
    switch (next()) {
        case Next::null:
        case Next::boolean:
            return skip_bytes(1);
        case Next::integer:
            if (first < kFixMap || first >= kNegative) return skip_bytes(1);
            return skip_bytes(1 + (first >= kSigned8 ? width(first, kSigned8) : width(first, kUnsigned8)));
        case Next::number:
            return skip_bytes(first == kFloat64 ? 9 : 5);
        case Next::string:
            return read(text);
        case Next::bytes:
            return read_bytes(text);
        case Next::array:
            if (!read_array(count)) return false;
            pending += count;
            return true;
        case Next::map:
            if (!read_map(count)) return false;
            pending += 2 * count;
            return true;
        case Next::extension:
            if (first >= kFixExtension1) return skip_bytes(2 + width(first, kFixExtension1));
            return take(width(first, kExtension8), length) && skip_bytes(length + 1);
        case Next::end:
            return refuse("ends early");
        case Next::broken:
            break;
    }
    return refuse("no MessagePack");
}

bool Reader::skip() {
    // Counted, not nested: so depth costs nothing here.
    std::size_t pending = 1;
    while (pending > 0) {
        --pending;
        if (!skip_one(pending)) return false;
    }
    return true;
}

bool Reader::finish() {
    if (failed_) return false;
    return at_ == end_ || refuse("expected one value, got more");
}

bool Reader::expected(std::string_view what) {
    std::string_view got = name_of(next());
    return refuse(std::string("expected ").append(what).append(", got ").append(got));
}

bool Reader::refuse(std::string reason) {
    if (!failed_) reason_ = std::move(reason);
    failed_ = true;
    return false;
}

bool Reader::in_member(std::string_view name) {
    std::string path(wire::truncate_utf8(name, kMaxNameBytes));
    if (!path_.empty() && path_.front() != '[') path += '.';
    path_ = path + path_;
    return false;
}

bool Reader::in_item(std::size_t index) {
    std::string path = "[" + std::to_string(index) + "]";
    if (!path_.empty() && path_.front() != '[') path += '.';
    path_ = path + path_;
    return false;
}

std::string Reader::error() const {
    return (path_.empty() ? "payload" : path_) + ": " + reason_;
}

bool Reader::Nesting::allowed() {
    return reader_.depth_ <= kMaxDepth || reader_.refuse("nested deeper than " + std::to_string(kMaxDepth));
}

}  // namespace fairlead
