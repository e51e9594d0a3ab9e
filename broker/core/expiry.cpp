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

std::optional<seconds> Expiry::arm(Client& client, Row row, std::optional<base::Wall> expires) {
    disarm(client);
    if (!expires) return std::nullopt;
    const base::Wall now = clock_.wall();
    const base::Wall until = std::clamp(*expires, now, now + kLongest);
    const auto left = until - now;
    client.expiry = wheel_.add(clock_.now() + left + grace_, row);
    return std::clamp(std::chrono::duration_cast<seconds>(left), seconds(1), kMaxTtl);
}

void Expiry::disarm(Client& client) {
    wheel_.cancel(client.expiry);
    client.expiry = 0;
}

}  // namespace fairlead::core
