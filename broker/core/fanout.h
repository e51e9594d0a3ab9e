// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "core/clients.h"
#include "core/debts.h"
#include "core/options.h"

namespace fairlead::core {

/// Who has many others told of something pays for it: bytes times receivers, by user or by address.
/// Threads: one.
class Fanout {
public:
    Fanout(const Options& options, const base::Clock& clock, const Clients& clients)
        : options_(options), clock_(clock), clients_(clients) {}

    std::string payer_of(const Client& client) const {
        return core::payer_of(clients_.user_of(client), client.profile.address(), clients_.id_of(client));
    }
    /// It has to wait before it may cause more.
    bool too_high(const std::string& payer) const { return debts_.too_high(payer, clock_.now()); }
    void charge(const std::string& payer, std::size_t bytes, std::uint32_t receivers) {
        if (receivers == 0) return;
        debts_.add(payer, static_cast<double>(bytes) * receivers, static_cast<double>(options_.max_fanout_per_second),
                   clock_.now());
    }
    void tick() { debts_.tick(clock_.now()); }

private:
    const Options& options_;
    const base::Clock& clock_;
    const Clients& clients_;
    Debts debts_;
};

}  // namespace fairlead::core
