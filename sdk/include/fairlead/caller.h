// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <fairlead/value.h>

namespace fairlead {

/// Names and values, in their order.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// Who asks: a client (`client` is set) or a service (`service` is set, and `client` too when it asks on
/// behalf of one).
struct Caller {
    std::string service;
    std::string user;     ///< the application's user id; empty = anonymous
    std::string client;   ///< the client id, for Service::client()
    std::string session;  ///< `sid` of the user's token; empty = none
    std::string address;  ///< IP address of the client
    Value meta;           ///< the token's `meta`: a map, or null
};

}  // namespace fairlead
