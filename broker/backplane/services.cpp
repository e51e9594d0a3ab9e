// SPDX-License-Identifier: Apache-2.0
#include "backplane/services.h"

namespace fairlead::backplane {

void Services::replace(const std::vector<ServiceRights>& services) {
    by_key_.clear();
    for (const ServiceRights& service : services) {
        auto shared = std::make_shared<const ServiceRights>(service);
        for (const std::string& key : service.public_keys)
            by_key_[key] = shared;
    }
}

std::shared_ptr<const ServiceRights> Services::find(std::string_view key) const {
    auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
}

}  // namespace fairlead::backplane
