// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/pack.h"

namespace fairlead::wire {

/// Appends MessagePack values to a text, each in its shortest form. The caller keeps count of what belongs to
/// maps and arrays.
///
/// Threads: one.
class PackWriter {
public:
    explicit PackWriter(std::string& out) : out_(out) {}

    void map(std::size_t pairs) { put(pack::map(room_.data(), pairs)); }
    void array(std::size_t items) { put(pack::array(room_.data(), items)); }
    void integer(std::uint64_t value) { put(pack::integer(room_.data(), value)); }
    void boolean(bool value) { put(pack::boolean(room_.data(), value)); }
    void nil() { put(pack::nil(room_.data())); }
    void str(std::string_view text) {
        const std::size_t before = out_.size();
        out_.resize(before + pack::kMaxHead + text.size());
        const char* end = pack::str(out_.data() + before, text);
        out_.resize(static_cast<std::size_t>(end - out_.data()));
    }
    /// One whole value, as it is; empty = nil.
    void value(std::string_view bytes) { bytes.empty() ? nil() : static_cast<void>(out_.append(bytes)); }

    void pair(std::string_view name, std::string_view text) { str(name), str(text); }
    void pair(std::string_view name, std::uint64_t number) { str(name), integer(number); }

private:
    void put(const char* end) { out_.append(room_.data(), static_cast<std::size_t>(end - room_.data())); }

    std::string& out_;
    std::array<char, pack::kMaxInteger> room_{};
};

}  // namespace fairlead::wire
