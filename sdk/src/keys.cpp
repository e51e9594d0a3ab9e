// SPDX-License-Identifier: Apache-2.0
#include <fairlead/keys.h>

#include <variant>

#include "base/curve_key.h"
#include "src/errors.h"

namespace fairlead {

Result<std::string> make_key_file(const std::string& path) {
    const base::SecretKey key = base::SecretKey::make();
    std::string why = base::write_key_file(path, key);
    if (!why.empty()) return detail::make_error(wire::Code::bad_request, std::move(why));
    return key.public_key();
}

Result<std::string> public_key_of(const std::string& path) {
    auto read = base::read_key_file(path);
    if (auto* why = std::get_if<std::string>(&read)) {
        return detail::make_error(wire::Code::bad_request, std::move(*why));
    }
    return std::get<base::SecretKey>(read).public_key();
}

}  // namespace fairlead
