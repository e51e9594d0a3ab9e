// SPDX-License-Identifier: Apache-2.0
#include "core/namespaces.h"

#include <stdexcept>

#include "wire/channel.h"

namespace fairlead::core {
namespace {

constexpr std::string_view kAnyOther = "*";

void check_name(const std::string& name) {
    if (name == "user") throw std::invalid_argument("namespace 'user' is reserved");
    if (name.empty() || name == kAnyOther) return;
    if (!wire::valid_channel(name) || name.find(':') != name.npos) {
        throw std::invalid_argument("namespace '" + name + "' is not a valid name");
    }
}

}  // namespace

Namespaces::Namespaces(const std::vector<NamespaceOptions>& entries) {
    for (const NamespaceOptions& entry : entries) {
        check_name(entry.name);
        any_history_ = any_history_ || entry.history_size > 0;
        any_rules_ = any_rules_ || entry.history_size > 0 || entry.slow_reader != SlowReader::disconnect;
        if (!entries_.emplace(entry.name, entry).second) {
            throw std::invalid_argument("namespace '" + entry.name + "' is given twice");
        }
    }
}

const NamespaceOptions* Namespaces::find(std::string_view channel) const {
    auto found = entries_.find(wire::namespace_of(channel));
    if (found == entries_.end()) found = entries_.find(kAnyOther);
    return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace fairlead::core
