// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "edge/json/scanner.h"

namespace fairlead::edge::json {

/// Translates JSON text to MessagePack, keeping values as JavaScript can hold them:
///
/// | JSON | MessagePack |
/// |---|---|
/// | integer within -2^63 ... 2^64-1, no fraction or exponent | the shortest int |
/// | any other number, and -0 | float64 |
/// | string, array, object | the shortest str, array, map with str keys, order kept |
/// | a key twice in one object | the last value, in the place of the first, as JSON.parse has it |
///
/// The text is checked as it goes, so it may come from anywhere; white space around the value is allowed.
/// Depth counts as in `scan`. Buffers are kept, so that translating allocates nothing once warm, except for
/// `out`.
///
/// Threads: one translator, one thread at a time.
class ToMsgpack {
public:
    explicit ToMsgpack(std::size_t max_depth = kMaxDepth) : max_depth_(max_depth) {}

    /// Appends the translation of `json` to `out`. Unless the result is ok, `out` is as it was.
    Verdict append(std::string_view json, std::string& out);

    /// Why the last text was refused.
    Refusal refusal() const noexcept { return refusal_; }

private:
    class Walk;

    /// A member in the output: [begin, key_end) is the key as str, [key_end, end) the value.
    struct Entry {
        std::size_t begin;
        std::size_t key_end;
        std::size_t end;
    };

    std::size_t max_depth_;
    Refusal refusal_ = Refusal::none;
    std::vector<Entry> entries_;      // of all open objects
    std::vector<std::size_t> order_;  // indices of entries, sorted by key
    std::string rebuilt_;
};

}  // namespace fairlead::edge::json
