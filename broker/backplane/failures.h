// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "wire/error.h"

/// What a request is told that got no answer of an instance.
/// Threads: any.
namespace fairlead::backplane {

/// It was handed over and not returned, so it may have been done: never to be repeated blindly.
wire::Failure outcome_unknown(std::string_view service);

/// It was not begun, and nobody is left who could.
wire::Failure nobody_left(std::string_view topic);

/// It may have been done, may be done again, and nobody is left who could.
wire::Failure nobody_repeats(std::string_view topic);

/// It may have been done, may be done again, and too many of the topic are repeated already.
wire::Failure repeated_too_often(std::string_view topic);

/// The topic has owners, and the request has no key that tells whose it is.
wire::Failure no_key(std::string_view topic, std::string_view route_by);

/// It was not begun: its key has no owner, and the topic has as many as it may have.
wire::Failure too_many_leases(std::string_view topic);

/// It was not begun: so many instances handed it back.
wire::Failure returned_too_often(std::string_view topic);

/// Its header is longer than a frame may be.
wire::Failure cannot_be_sent();

}  // namespace fairlead::backplane
