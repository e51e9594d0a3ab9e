// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "backplane/route.h"
#include "base/clock.h"

namespace fairlead::backplane {

/// The same number for the same text, in every broker.
std::uint64_t hash_of(std::string_view text) noexcept;

/// Which endpoint a key belongs to, by rendezvous hashing of key and instance: where an instance comes or
/// goes, only the keys that it gets or had change places. One that has more than 1.25 times the average is
/// passed over, and so is one that takes nothing at the moment, unless all do. nullptr: nobody is there who
/// takes requests. Threads: any.
Endpoint* rendezvous(const Route& route, std::string_view key, base::Steady now) noexcept;

}  // namespace fairlead::backplane
