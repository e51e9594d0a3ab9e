// SPDX-License-Identifier: Apache-2.0
#include "src/link_keys.h"

#include <stdexcept>
#include <variant>

namespace fairlead::detail {

LinkKeys take_keys(ServiceOptions& options) {
    LinkKeys keys;
    keys.servers = options.server_keys;
    if (!options.secret_key.empty()) {
        keys.own = base::SecretKey::parse(options.secret_key);
        base::wipe(options.secret_key);
        if (!keys.own) throw std::invalid_argument("secret_key is no key: 40 characters of Z85");
    } else if (!options.key_file.empty()) {
        auto read = base::read_key_file(options.key_file);
        if (const auto* why = std::get_if<std::string>(&read)) throw std::invalid_argument(*why);
        keys.own = std::get<base::SecretKey>(std::move(read));
    }
    return keys;
}

}  // namespace fairlead::detail
