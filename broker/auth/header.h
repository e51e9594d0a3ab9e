// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace fairlead::auth {

/// What a token's header says. It chooses nothing: it is only compared with what is configured.
struct Header {
    std::string algorithm;
    std::string fault;  ///< not empty: the header is refused for this

    static Header parse(std::string_view json);
};

}  // namespace fairlead::auth
