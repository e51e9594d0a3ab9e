// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fairlead/result.h>

#include "wire/error.h"

namespace fairlead::detail {

/// An error of the table; an empty message takes the table's text.
Error make_error(wire::Code code, std::string message = {});

/// The error as a handler may give it to its caller: what the SDK made for itself, or what is no number of an
/// error, becomes 100 with a note for the log. Its message is valid UTF-8 of a bounded length.
Error to_sendable(Error error);

/// Why `payload` cannot be sent, or nothing.
Result<void> check_payload(std::string_view payload, std::size_t max_bytes);

}  // namespace fairlead::detail
