// SPDX-License-Identifier: Apache-2.0
#include "core/users.h"

namespace fairlead::core {

Row Users::find(std::string_view name) const {
    return by_name_.find(hash_(name), [&](Row row) { return users_[row].name == name; });
}

Row Users::take(std::string_view name) {
    const Row found = find(name);
    if (found != kNoRow) return found;
    const Row row = users_.take();
    users_[row].name = name;
    by_name_.insert(hash_(name), row);
    return row;
}

void Users::give(Row row) {
    by_name_.erase(hash_(users_[row].name), row);
    users_.give(row);
    if (users_.size() == 0) users_.clear();
}

}  // namespace fairlead::core
