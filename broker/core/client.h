// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "base/timer_wheel.h"
#include "core/badge.h"
#include "core/chain.h"
#include "core/client_key.h"
#include "core/ids.h"
#include "core/payload.h"
#include "core/profile.h"
#include "core/request.h"

namespace fairlead::core {

/// What core keeps of a connected client. Small, since there are many: names are rows of other tables, and
/// what only an active client needs (caller, info) is made when it first acts.
struct Client {
    ClientKey key;
    Row user = kNoRow;        ///< in Users; none = anonymous
    Links same_user;          ///< the chain of the user's clients
    Row first_call = kNoRow;  ///< the chain of its outstanding requests
    ClientNumber number{};
    bool present = false;
    bool has_token = false;          ///< it connected with one, so it may refresh
    std::uint32_t own_channels = 0;  ///< subscriptions that it asked for itself
    base::TimerId expiry = 0;
    std::vector<Row> channels;  ///< all its subscriptions, the broker's own included
    Profile profile;
    std::unique_ptr<Badge> badge;
    CallerPtr caller;
    std::shared_ptr<const ClientInfo> info;
};

}  // namespace fairlead::core
