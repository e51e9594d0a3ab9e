// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Limits that both ends of the backplane keep. Those of one message and of one header stand in frame.h.
/// "Hard" is what no configuration may exceed.
namespace fairlead::wire {

inline constexpr std::size_t kDefaultPayloadBytes = 256 * 1024;    ///< one payload part
inline constexpr std::size_t kHardPayloadBytes = 8 * 1024 * 1024;  ///< one payload part
inline constexpr std::uint32_t kDefaultByteWindow = 1024 * 1024;   ///< a link, towards the broker

inline constexpr std::size_t kDefaultValueDepth = 64;  ///< nesting of a payload; [] and {} are 1 deep
inline constexpr std::size_t kHardValueDepth = 128;
inline constexpr std::size_t kMaxValueItems =
    256 * 1024;  ///< MessagePack values in one payload, keys counted

inline constexpr std::size_t kMaxTopicBytes = 255;
inline constexpr std::size_t kMaxTopicSegments = 16;
inline constexpr std::size_t kMaxPatternStars =
    3;  ///< `*` in one pattern: a match visits at most some 3,000 nodes
inline constexpr std::size_t kMaxChannelBytes = 255;
inline constexpr std::size_t kMaxUserBytes = 250;         ///< so that `user:<id>` is a channel
inline constexpr std::size_t kInstanceBytes = 36;         ///< a UUID in its usual spelling
inline constexpr std::size_t kMaxKeyBytes = 255;          ///< of conflation, idempotency and routing
inline constexpr std::size_t kMaxCloseReasonBytes = 123;  ///< of a WebSocket close frame

inline constexpr std::uint32_t kDefaultWindow =
    64;  ///< requests of an endpoint that an instance takes at once
inline constexpr std::uint32_t kMaxWindow = 1'000'000;
inline constexpr int kHighWaterMark = 4096;  ///< ZeroMQ messages a peer, both ways

inline constexpr std::chrono::milliseconds kHeartbeat{1000};
inline constexpr std::chrono::milliseconds kDeadAfter{3000};
inline constexpr std::chrono::milliseconds kProbe{250};
inline constexpr std::chrono::milliseconds kHandshake{3000};
inline constexpr std::chrono::milliseconds kRequestDeadline{4000};
inline constexpr std::chrono::milliseconds kHookDeadline{3000};

/// The longest time that a frame can say (about 49 days): added to any clock it does not overflow.
inline constexpr std::chrono::milliseconds kMaxMilliseconds{0xffffffff};

}  // namespace fairlead::wire
