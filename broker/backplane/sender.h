// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "backplane/options.h"

namespace fairlead::backplane {

/// Who sent a message. By the key of its connection: both are empty on a listener without keys.
struct Sender {
    std::string key;
    std::shared_ptr<const ServiceRights> rights;
    int descriptor = -1;  ///< of that connection, where the peer has no link yet; -1 = libzmq does not say
};

}  // namespace fairlead::backplane
