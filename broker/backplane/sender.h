// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "backplane/options.h"

namespace fairlead::backplane {

/// Who sent a message, by the key of its connection. Both are empty on a listener without keys.
struct Sender {
    std::string key;
    std::shared_ptr<const ServiceRights> rights;
};

}  // namespace fairlead::backplane
