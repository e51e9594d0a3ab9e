// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"

namespace fairlead::core {

/// The rules of channels, by namespace.
/// Threads: any.
class Namespaces {
public:
    /// Throws std::invalid_argument for a name that no channel can have, for `user` (reserved), and for a
    /// name that comes twice.
    explicit Namespaces(const std::vector<NamespaceOptions>& entries);

    /// The entry of the channel's namespace, else that of `*`, else null. The channel's name must be valid.
    const NamespaceOptions* find(std::string_view channel) const;

    /// Whether any of them keeps history.
    bool any_history() const noexcept { return any_history_; }
    /// Whether any of them treats a publication in another way than it would be without an entry.
    bool any_rules() const noexcept { return any_rules_; }

private:
    std::map<std::string, NamespaceOptions, std::less<>> entries_;
    bool any_history_ = false;
    bool any_rules_ = false;
};

}  // namespace fairlead::core
