// SPDX-License-Identifier: Apache-2.0
#include <fairlead/call.h>

namespace fairlead {

CallOptions& CallOptions::timeout(std::chrono::milliseconds timeout) {
    timeout_ = timeout;
    return *this;
}

CallOptions& CallOptions::header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
}

CallOptions& CallOptions::key(std::string key) {
    key_ = std::move(key);
    return *this;
}

}  // namespace fairlead
