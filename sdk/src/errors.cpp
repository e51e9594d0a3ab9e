// SPDX-License-Identifier: Apache-2.0
#include "src/errors.h"

#include "wire/utf8.h"
#include "wire/value_check.h"

namespace fairlead::detail {
namespace {

constexpr std::size_t kMaxMessageBytes = 4096;
constexpr std::uint32_t kFirstSent = 100;

bool may_be_sent(std::uint32_t code) {
    if (code >= 400 && code <= 1999) return true;
    return code >= kFirstSent && wire::find_error(code) != nullptr;
}

}  // namespace

Error make_error(wire::Code code, std::string message) {
    wire::Failure failure = wire::failure(code, std::move(message));
    return Error{failure.code, std::move(failure.message), failure.temporary, {}};
}

Error to_sendable(Error error) {
    if (!may_be_sent(error.code)) {
        bool own = wire::find_error(error.code) != nullptr && error.code != 0;
        Error sent = make_error(wire::Code::internal);
        sent.temporary = own && error.temporary;
        sent.log_note =
            "error " + error.text() + (own ? " of a call was given on" : " is none that a handler may give");
        error = std::move(sent);
    }
    if (!wire::valid_utf8(error.message)) error.message = "invalid UTF-8";
    if (error.message.size() > kMaxMessageBytes) {
        error.message = wire::truncate_utf8(error.message, kMaxMessageBytes);
    }
    return error;
}

Result<void> check_payload(std::string_view payload, std::size_t max_bytes) {
    if (payload.empty()) return {};
    wire::ValueLimits limits;
    limits.bytes = max_bytes;
    limits.depth = wire::kHardValueDepth;
    wire::ValueFault fault = wire::check_value(payload, limits);
    if (fault == wire::ValueFault::none) return {};
    if (fault == wire::ValueFault::too_big) {
        return make_error(wire::Code::bad_request, "payload of " + std::to_string(payload.size()) +
                                                       " bytes, at most " + std::to_string(max_bytes) +
                                                       " are taken");
    }
    return make_error(wire::Code::bad_request, "payload: " + std::string(wire::to_string(fault)));
}

}  // namespace fairlead::detail
