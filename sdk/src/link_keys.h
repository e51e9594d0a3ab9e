// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <fairlead/options.h>

#include "base/curve_key.h"

namespace fairlead::detail {

/// Who a link is and whom it trusts. Without a key it links to brokers without keys.
struct LinkKeys {
    std::optional<base::SecretKey> own;
    std::vector<std::string> servers;  ///< public; at least one with a key of our own
};

/// Takes the keys out of completed options, and wipes what secret they held. Throws std::invalid_argument
/// that says what is wrong with a key file. Threads: any.
LinkKeys take_keys(ServiceOptions& options);

}  // namespace fairlead::detail
