// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.h"

namespace fairlead::core {

/// Whether it can be known who is subscribed to such channels.
bool tracks_presence(const NamespaceOptions& rules);

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
    /// Whether any of them shows who is subscribed.
    bool any_presence() const noexcept { return any_presence_; }

private:
    std::map<std::string, NamespaceOptions, std::less<>> entries_;
    bool any_history_ = false;
    bool any_presence_ = false;
};

}  // namespace fairlead::core
