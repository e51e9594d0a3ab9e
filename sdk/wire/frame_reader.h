// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "wire/frame.h"

namespace fairlead::wire {

enum class ReadFault : std::uint8_t {
    none,
    malformed,      ///< not MessagePack inside the bounds, or a field of the wrong type: the peer is broken
    other_version,  ///< a protocol version that this build does not speak
};

/// Turns header parts into frames, inside the bounds of frame.h: kMaxHeaderBytes, kMaxHeaderDepth,
/// kMaxHeaderItems. Every str is valid UTF-8. Names are not checked against the grammar of topics, channels
/// and users.
///
///     if (wire::Frame* frame = reader.read(header)) std::visit(..., *frame);
///     else log(reader.error());
///
/// The reader keeps its memory, so reading the frequent kinds does not allocate. Nothing is thrown.
///
/// Threads: one at a time.
class FrameReader {
public:
    FrameReader();
    ~FrameReader();
    FrameReader(FrameReader&&) noexcept;
    FrameReader& operator=(FrameReader&&) noexcept;

    /// The frame in `header`, or nullptr: see fault() and error(). The frame is the reader's and valid until
    /// the next read; its string_views point into `header`. An unknown kind is an Unknown.
    Frame* read(std::string_view header) noexcept;

    /// Why the last read gave nullptr.
    ReadFault fault() const noexcept;

    /// The same in words, naming kind and field ("request.deadline: expected a non-negative integer");
    /// without anything of the peer's bytes, so it can be logged. Valid until the next read.
    std::string_view error() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fairlead::wire
