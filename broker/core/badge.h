// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::core {

/// What a client's token says that rules ask for, and which permissions fit it. Clients without either have none; those
/// for whom it is the same may share one, so that most cost a pointer.
struct Badge {
    std::vector<std::string> labels;
    std::vector<std::pair<std::string, std::string>> claims;
    std::string token_id;
    std::string key_id;
    std::vector<std::uint32_t> permissions;  ///< indices of those that fit; Permissions fills them in

    bool operator==(const Badge&) const = default;
};
using BadgePtr = std::shared_ptr<const Badge>;

}  // namespace fairlead::core
