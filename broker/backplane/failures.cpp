// SPDX-License-Identifier: Apache-2.0
#include "backplane/failures.h"

#include <string>

namespace fairlead::backplane {

wire::Failure outcome_unknown(std::string_view service) {
    // Not by the table: there an internal error is temporary.
    return wire::Failure{
        static_cast<std::uint32_t>(wire::Code::internal),
        "outcome unknown: an instance of " + std::string(service) + " was lost while it had the request",
        false};
}

wire::Failure nobody_left(std::string_view topic) {
    wire::Failure failure =
        wire::failure(wire::Code::not_found, "no instance handles " + std::string(topic) + " any more");
    failure.temporary = true;  // it was there a moment ago
    return failure;
}

wire::Failure nobody_repeats(std::string_view topic) {
    return wire::failure(
        wire::Code::internal,
        "the instance was lost, and none is left to repeat the request for " + std::string(topic));
}

wire::Failure repeated_too_often(std::string_view topic) {
    return wire::failure(wire::Code::internal, "the instance was lost, and the retry budget of " +
                                                   std::string(topic) + " is used up");
}

wire::Failure no_key(std::string_view topic, std::string_view route_by) {
    return wire::failure(wire::Code::bad_request, "a request for " + std::string(topic) +
                                                      " needs a key: its " + std::string(route_by) +
                                                      ", 1 to 255 bytes");
}

wire::Failure too_many_leases(std::string_view topic) {
    return wire::failure(wire::Code::overloaded,
                         std::string(topic) + " has as many owned keys as it may have");
}

wire::Failure returned_too_often(std::string_view topic) {
    return wire::failure(wire::Code::overloaded,
                         "every instance returned the request for " + std::string(topic));
}

wire::Failure cannot_be_sent() {
    return wire::failure(wire::Code::limit_exceeded,
                         "caller, headers and topic are longer than a header may be");
}

}  // namespace fairlead::backplane
