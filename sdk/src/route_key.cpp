// SPDX-License-Identifier: Apache-2.0
#include <fairlead/endpoint.h>

#include <stdexcept>

#include "src/names.h"
#include "wire/route_by.h"

namespace fairlead {
namespace {

std::string checked(std::string text) {
    if (!wire::parse_route_by(text))
        throw std::invalid_argument("`" + detail::printable(text) + "` is no key of requests");
    return text;
}

}  // namespace

RouteKey by_user() {
    return RouteKey("user");
}
RouteKey by_client() {
    return RouteKey("client");
}
RouteKey by_segment(unsigned n) {
    return RouteKey(checked("segment:" + std::to_string(n)));
}
RouteKey by_header(std::string_view name) {
    return RouteKey(checked("header:" + std::string(name)));
}

}  // namespace fairlead
