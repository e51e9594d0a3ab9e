// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "backplane/instance.h"
#include "backplane/options.h"
#include "wire/frame.h"

/// What the owner of a key may do. Hooks and other reserved topics need a pattern that begins with `_`
/// itself.
///
/// Threads: any.
namespace fairlead::backplane {

/// Whether `allowed` covers every topic that `wanted`, a topic or pattern, covers. False if one is none.
bool covers(std::string_view allowed, std::string_view wanted);

bool may_call(const ServiceRights& rights, std::string_view topic);
bool may_emit(const ServiceRights& rights, std::string_view topic);
bool may_publish(const ServiceRights& rights, std::string_view channel);

/// Why these rights do not allow a greeting, or what an instance has registered; empty if they do.
std::string refuse_greeting(const wire::Greeting& greeting, const ServiceRights& rights);
std::string refuse_registration(const Instance& instance, const ServiceRights& rights);

}  // namespace fairlead::backplane
