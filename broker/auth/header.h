// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "auth/json_object.h"

namespace fairlead::auth {

/// What a token's header says. It chooses nothing: it is only compared with what is configured.
struct Header {
    std::string algorithm;
    std::string kid;    ///< empty = none
    std::string fault;  ///< not empty: the header is refused for this

    static Header parse(std::string_view json);
};

/// Whether a `kid` may name a key: at most 128 printable ASCII characters. Threads: any.
bool valid_key_id(const JsonMember& kid);

}  // namespace fairlead::auth
