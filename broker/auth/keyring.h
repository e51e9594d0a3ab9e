// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/key.h"

namespace fairlead::auth {

/// Keys by algorithm and `kid`. Of one material there is one key, so it is for one algorithm.
/// Threads: one; const members any.
class Keyring {
public:
    /// Why the key cannot be added; empty = it was. The same key again is no mistake.
    std::string add(KeyPtr key);

    bool empty() const noexcept { return keys_.empty(); }
    std::size_t size() const noexcept { return keys_.size(); }
    const std::vector<KeyPtr>& all() const noexcept { return keys_; }
    bool has(Algorithm algorithm) const;
    /// Whether a key is for this very `kid`.
    bool has(Algorithm algorithm, const std::string& kid) const;

    /// The keys that a token may be signed with: those of its `kid` and those for any. A token without `kid`
    /// may be signed with every key of its algorithm.
    std::vector<KeyPtr> find(Algorithm algorithm, const std::string& kid) const;

    /// Names of the keys that are not in `later`, in order and each once.
    std::vector<std::string> missing_in(const Keyring& later) const;

private:
    const Key* of_material(std::string_view fingerprint) const;

    std::map<std::pair<Algorithm, std::string>, std::vector<KeyPtr>> by_kid_;
    std::vector<KeyPtr> keys_;
};

}  // namespace fairlead::auth
