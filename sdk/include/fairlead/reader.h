// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fairlead/export.h>

namespace fairlead {

/// Reads MessagePack from front to back, value by value. Codec<T> is written with it.
///
/// A read that fails gives false and keeps the first reason; what is read after that does not matter. The
/// reader trusts nothing: counts are checked against the bytes that are left, nesting is bounded. Views point
/// into the bytes that were given. Threads: one.
class FAIRLEAD_EXPORT Reader {
public:
    static constexpr std::size_t kMaxDepth = 128;

    enum class Next : std::uint8_t {
        end,
        null,
        boolean,
        integer,
        number,
        string,
        bytes,
        array,
        map,
        extension,
        broken
    };

    explicit Reader(std::string_view bytes) noexcept
        : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()) {}

    /// What comes next.
    Next next() const noexcept;
    /// An integer below zero comes next.
    bool negative() const noexcept;
    /// There was nothing at all: a request without a payload.
    bool empty() const noexcept { return begin_ == end_; }
    std::size_t bytes_left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

    bool read_null();
    bool read(bool& value);
    bool read(std::int64_t& value);
    bool read(std::uint64_t& value);
    /// Takes integers too.
    bool read(double& value);
    bool read(std::string_view& text);
    bool read_bytes(std::string_view& bytes);
    bool read_array(std::size_t& count);
    bool read_map(std::size_t& count);
    bool read_key(std::string_view& key);
    /// Any one value, as the bytes it stands in.
    bool read_raw(std::string_view& bytes);
    bool skip();
    /// Whether all was read: false, with the reason, if bytes are left.
    bool finish();

    /// "expected <what>, got <what comes next>". Always false, so that a decoder can return it.
    bool expected(std::string_view what);
    /// Any other reason. Always false.
    bool refuse(std::string reason);
    /// On the way out of a failed read: the place is inside this member or item. Always false.
    bool in_member(std::string_view name);
    bool in_item(std::size_t index);

    /// "items[2].qty: expected integer, got string"; for a fault at the top "payload: ...".
    std::string error() const;

    /// Counts one level of nesting for as long as it lives; false when there are too many.
    class FAIRLEAD_EXPORT Nesting {
    public:
        explicit Nesting(Reader& reader) noexcept : reader_(reader) { ++reader_.depth_; }
        ~Nesting() { --reader_.depth_; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;
        bool allowed();

    private:
        Reader& reader_;
    };

private:
    bool take(std::size_t bytes, std::uint64_t& value);
    bool take_text(std::size_t length_bytes, std::string_view& text);
    bool take_count(std::size_t length_bytes, std::size_t bytes_an_item, std::size_t& count);
    bool skip_one(std::size_t& pending);
    bool skip_bytes(std::uint64_t bytes);

    const char* const begin_;
    const char* at_;
    const char* const end_;
    std::size_t depth_ = 0;
    bool failed_ = false;
    std::string path_;
    std::string reason_;
};

}  // namespace fairlead
