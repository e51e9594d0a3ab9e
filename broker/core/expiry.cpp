// SPDX-License-Identifier: Apache-2.0
#include "core/expiry.h"

#include <algorithm>

namespace fairlead::core {
namespace {

using std::chrono::seconds;

/// No clock that we add to overflows by this.
constexpr std::chrono::hours kLongest{24 * 365 * 50};
/// The client's side holds the time to refresh in 32 bits.
constexpr seconds kMaxTtl{0x7fffffff};

}  // namespace

TimeLeft time_left(base::Wall expires, base::Wall now) {
    const auto left = std::clamp(expires, now, now + kLongest) - now;
    return {left, std::clamp(std::chrono::duration_cast<seconds>(left), seconds(1), kMaxTtl)};
}

std::optional<seconds> Expiry::arm(Client& client, Row row, std::optional<base::Wall> expires) {
    disarm(client);
    if (!expires) return std::nullopt;
    const TimeLeft left = time_left(*expires, clock_.wall());
    client.expiry = wheel_.add(clock_.now() + left.exact + options_.expiry_grace, row);
    return left.ttl;
}

void Expiry::wait(Client& client, Row row, std::chrono::nanoseconds time) {
    disarm(client);
    client.expiry = wheel_.add(clock_.now() + time, row);
}

void Expiry::disarm(Client& client) {
    wheel_.cancel(client.expiry);
    client.expiry = 0;
}

}  // namespace fairlead::core
