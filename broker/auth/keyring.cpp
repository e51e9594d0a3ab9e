// SPDX-License-Identifier: Apache-2.0
#include "auth/keyring.h"

#include <algorithm>

namespace fairlead::auth {

std::string Keyring::add(KeyPtr key) {
    if (const Key* same = of_material(key->fingerprint())) {
        if (same->algorithm() == key->algorithm() && same->kid() == key->kid()) return {};
        return same->algorithm() == key->algorithm() ? "one key is given twice"
                                                     : "one key is given for two algorithms";
    }
    const bool taken = std::any_of(keys_.begin(), keys_.end(),
                                   [&](const KeyPtr& other) { return other->name() == key->name(); });
    if (taken) return "two keys have one name";
    if (!key->kid().empty() && has(key->algorithm(), key->kid())) return "two keys have one 'kid'";
    by_kid_[{key->algorithm(), key->kid()}].push_back(key);
    keys_.push_back(std::move(key));
    return {};
}

bool Keyring::has(Algorithm algorithm) const {
    return std::any_of(keys_.begin(), keys_.end(),
                       [&](const KeyPtr& key) { return key->algorithm() == algorithm; });
}

bool Keyring::has(Algorithm algorithm, const std::string& kid) const {
    return by_kid_.count({algorithm, kid}) != 0;
}

std::vector<KeyPtr> Keyring::find(Algorithm algorithm, const std::string& kid) const {
    std::vector<KeyPtr> found;
    if (kid.empty()) {
        std::copy_if(keys_.begin(), keys_.end(), std::back_inserter(found),
                     [&](const KeyPtr& key) { return key->algorithm() == algorithm; });
        return found;
    }
    for (const std::string& id : {kid, std::string()}) {
        const auto keys = by_kid_.find({algorithm, id});
        if (keys != by_kid_.end()) found.insert(found.end(), keys->second.begin(), keys->second.end());
    }
    return found;
}

std::vector<std::string> Keyring::missing_in(const Keyring& later) const {
    std::vector<std::string> names;
    for (const KeyPtr& key : keys_) {
        const Key* same = later.of_material(key->fingerprint());
        const bool stays =
            same != nullptr && same->name() == key->name() && same->algorithm() == key->algorithm();
        if (!stays) names.push_back(key->name());
    }
    std::sort(names.begin(), names.end());
    return names;
}

const Key* Keyring::of_material(std::string_view fingerprint) const {
    const auto found = std::find_if(keys_.begin(), keys_.end(),
                                    [&](const KeyPtr& key) { return key->fingerprint() == fingerprint; });
    return found == keys_.end() ? nullptr : found->get();
}

}  // namespace fairlead::auth
