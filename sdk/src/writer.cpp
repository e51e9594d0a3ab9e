// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include <fairlead/value.h>
#include <fairlead/writer.h>

namespace fairlead {
namespace {

/// Bytes that a number needs, as MessagePack doubles them: 1, 2, 4 or 8.
std::size_t width_of(std::uint64_t value) {
    if (value <= 0xff) return 1;
    if (value <= 0xffff) return 2;
    return value <= 0xffffffff ? 4 : 8;
}

/// 0, 1, 2, 3 for 1, 2, 4, 8 bytes: how far a format stands behind the first of its group.
unsigned char step(std::size_t bytes) {
    return static_cast<unsigned char>(bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3);
}

unsigned char low_byte(std::uint64_t value) {
    return static_cast<unsigned char>(value & 0xff);
}

struct WriteValue {
    Writer& writer;
    void operator()(std::monostate) const { writer.write_null(); }
    void operator()(bool value) const { writer.write(value); }
    void operator()(std::int64_t value) const { writer.write(value); }
    void operator()(std::uint64_t value) const { writer.write(value); }
    void operator()(double value) const { writer.write(value); }
    void operator()(const std::string& value) const { writer.write(std::string_view(value)); }
    void operator()(const Bytes& value) const { writer.write_bytes(value.data(), value.size()); }
    void operator()(const Value::Array& items) const {
        writer.begin_array(items.size());
        for (const Value& item : items)
            writer.write(item);
    }
    void operator()(const Value::Map& members) const {
        writer.begin_map(members.size());
        for (const auto& [key, value] : members) {
            writer.write(std::string_view(key));
            writer.write(value);
        }
    }
};

}  // namespace

void Writer::head(unsigned char byte, std::uint64_t value, std::size_t bytes) {
    char encoded[9];
    encoded[0] = static_cast<char>(byte);
    for (std::size_t i = 0; i < bytes; ++i) {
        encoded[1 + i] = static_cast<char>(low_byte(value >> (8 * (bytes - 1 - i))));
    }
    out_.append(encoded, 1 + bytes);
}

void Writer::write_null() {
    head(0xc0);
}

void Writer::write(bool value) {
    head(value ? 0xc3 : 0xc2);
}

void Writer::write(std::int64_t value) {
    if (value >= 0) return write(static_cast<std::uint64_t>(value));
    auto bits = static_cast<std::uint64_t>(value);
    if (value >= -32) return head(low_byte(bits));
    std::size_t bytes = value >= -0x80 ? 1 : value >= -0x8000 ? 2 : value >= -0x80000000LL ? 4 : 8;
    head(static_cast<unsigned char>(0xd0 + step(bytes)), bits, bytes);
}

void Writer::write(std::uint64_t value) {
    if (value < 0x80) return head(low_byte(value));
    std::size_t bytes = width_of(value);
    head(static_cast<unsigned char>(0xcc + step(bytes)), value, bytes);
}

void Writer::write(double value) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    head(0xcb, bits, 8);
}

void Writer::write(std::string_view text) {
    length(text.size(), 0xa0, 31, 0xd9, true);
    out_.append(text);
}

void Writer::write(const Value& value) {
    std::visit(WriteValue{*this}, value.data_);
}

void Writer::write_bytes(const void* bytes, std::size_t size) {
    std::size_t width = width_of(size);
    head(static_cast<unsigned char>(0xc4 + step(width)), size, width);
    out_.append(static_cast<const char*>(bytes), size);
}

void Writer::begin_array(std::size_t count) {
    length(count, 0x90, 15, 0xdc, false);
}

void Writer::begin_map(std::size_t count) {
    length(count, 0x80, 15, 0xde, false);
}

void Writer::write_raw(std::string_view bytes) {
    out_.append(bytes);
}

/// Up to `fix_max` inside the first byte; else the shortest of the group that begins at `first`.
void Writer::length(std::size_t count, unsigned char fix, std::size_t fix_max, unsigned char first,
                    bool has_8_bit) {
    if (count <= fix_max) return head(static_cast<unsigned char>(fix | count));
    std::size_t bytes = width_of(count);
    if (!has_8_bit && bytes == 1) bytes = 2;
    head(static_cast<unsigned char>(first + step(bytes) - (has_8_bit ? 0 : 1)), count, bytes);
}

}  // namespace fairlead
