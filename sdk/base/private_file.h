// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <string_view>

namespace fairlead::base {

/// Whether others than its owner may touch the file at `path` whose state this is, so that no secret may lie in it.
///
/// Credentials that systemd hands to a service (LoadCredential=) lie in the folder that $CREDENTIALS_DIRECTORY names,
/// which that service alone may enter. Newer versions of systemd leave them to root and let the service read them by an
/// access list, whose mask shows as the right of the group to read: there, and there only, that right says nothing.
/// Threads: while no other one changes the environment.
bool open_to_others(std::string_view path, const struct stat& status);

}  // namespace fairlead::base
