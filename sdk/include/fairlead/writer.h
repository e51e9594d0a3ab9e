// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fairlead/export.h>

namespace fairlead {

class Value;

/// Appends MessagePack to a string. Codec<T> is written with it.
/// An array or map is begun with its count, then come that many items, or keys and values.
/// Threads: one, on its string.
class FAIRLEAD_EXPORT Writer {
public:
    explicit Writer(std::string& out) noexcept : out_(out) {}

    void write_null();
    void write(bool value);
    void write(std::int64_t value);
    void write(std::uint64_t value);
    void write(double value);
    void write(std::string_view text);
    void write(const Value& value);
    void write_bytes(const void* bytes, std::size_t size);
    void begin_array(std::size_t count);
    void begin_map(std::size_t count);
    /// One value that is MessagePack already.
    void write_raw(std::string_view bytes);

private:
    void head(unsigned char byte) { out_.push_back(static_cast<char>(byte)); }
    void head(unsigned char byte, std::uint64_t value, std::size_t bytes);
    void length(std::size_t count, unsigned char fix, std::size_t fix_max, unsigned char first,
                bool has_8_bit);

    std::string& out_;
};

}  // namespace fairlead
