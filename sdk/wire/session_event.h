// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/frame.h"

/// Session events: what the broker tells services of its clients. A service asks for them with an interest in
/// one of three names of the broker's, and gets told frames, whose payload is an array of events.
namespace fairlead::wire {

inline constexpr std::string_view kSessionInterest = "_session";  ///< opened, resumed, closed
inline constexpr std::string_view kUserInterest = "_user";        ///< online, offline
inline constexpr std::string_view kChannelInterest = "_channel";  ///< occupied, vacated

inline constexpr std::size_t kMaxToldBytes = 64 * 1024;  ///< of the payload of one told frame
inline constexpr std::size_t kMaxToldEvents = 256;
inline constexpr std::size_t kMaxToldHead = 3;  ///< what begin_told() writes for so many, at most

/// Whether an interest is one of the three. Threads: any.
bool is_session_interest(std::string_view pattern) noexcept;

/// Begins the payload of a told frame; so many events follow, each written by write(). Threads: any.
void begin_told(std::size_t events, std::string& out);

/// Reads payloads of told frames. What it gives points into the bytes that were given.
/// Threads: one at a time.
class ToldReader {
public:
    ToldReader();
    ~ToldReader();

    /// False if it is none. Events of kinds that this version does not know are among them.
    bool read(std::string_view payload, std::vector<SessionEvent>& events);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fairlead::wire
