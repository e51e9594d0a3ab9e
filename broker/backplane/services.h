// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backplane/options.h"

namespace fairlead::backplane {

/// Which public key belongs to which service. Threads: one, core's.
class Services {
public:
    explicit Services(const std::vector<ServiceRights>& services) { replace(services); }

    void replace(const std::vector<ServiceRights>& services);

    /// nullptr: nobody's.
    std::shared_ptr<const ServiceRights> find(std::string_view key) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const noexcept {
            return std::hash<std::string_view>()(key);
        }
    };

    std::unordered_map<std::string, std::shared_ptr<const ServiceRights>, Hash, std::equal_to<>> by_key_;
};

}  // namespace fairlead::backplane
