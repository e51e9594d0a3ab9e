// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
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
    bool admitted = false;            ///< false: the connect hook has not answered yet
    bool has_token = false;           ///< it connected with one, so it may refresh
    bool by_hook = false;             ///< it has no token: the connect hook said who it is
    bool info_by_hook = false;        ///< the connect hook's, which no other token changes
    bool meta_by_hook = false;        ///< the same
    bool hook_expires = false;        ///< its time is the connect hook's, who may be asked again
    std::uint8_t refresh_faults = 0;  ///< of the refresh hook, since its last answer
    std::uint32_t question = 0;       ///< a hook is asked for it, and its commands wait (QuestionId)
    std::uint32_t refreshing = 0;     ///< the refresh hook is asked (QuestionId)
    std::uint32_t own_channels = 0;   ///< subscriptions that it asked for itself
    base::TimerId expiry = 0;
    base::Steady came{};
    std::vector<Row> channels;  ///< all its subscriptions, the broker's own included
    Profile profile;
    std::unique_ptr<const std::vector<std::string>> hook_labels;  ///< the connect hook's; null = none
    BadgePtr badge;
    CallerPtr caller;
    std::shared_ptr<const ClientInfo> info;
};

}  // namespace fairlead::core
