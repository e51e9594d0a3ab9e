// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "core/debt.h"

namespace fairlead::core {

/// Who owes for what their publications cost: users, addresses of clients without one, and clients of this
/// machine. A debt outlives the client, so connecting again does not pay it. Threads: one.
class Debts {
public:
    bool too_high(const std::string& who, base::Steady now) const;
    void add(const std::string& who, double cost, double per_second, base::Steady now);

    /// Forgets those that are paid.
    void tick(base::Steady now);

    std::size_t size() const noexcept { return debts_.size(); }

private:
    std::unordered_map<std::string, Debt> debts_;
    base::Steady tidy_at_{};
};

/// Whose purse it is: the user's, else that of the address (of an IPv6 one its /64), else the client's alone
/// where the address is of this machine and so may be a proxy's.
std::string payer_of(std::string_view user, std::string_view address, std::string_view client);

}  // namespace fairlead::core
