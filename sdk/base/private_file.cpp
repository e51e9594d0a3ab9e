// SPDX-License-Identifier: Apache-2.0
#include "base/private_file.h"

#include <cstdlib>

namespace fairlead::base {
namespace {

bool is_credential(std::string_view path) {
    const char* variable = std::getenv("CREDENTIALS_DIRECTORY");
    const std::string_view folder = variable == nullptr ? "" : variable;
    if (folder.empty() || folder.front() != '/' || folder.back() == '/') return false;
    if (!path.starts_with(folder) || path.size() <= folder.size() || path[folder.size()] != '/') return false;
    // Directly in it: no path that leads out again.
    return path.find('/', folder.size() + 1) == std::string_view::npos;
}

}  // namespace

bool open_to_others(std::string_view path, const struct stat& status) {
    const mode_t said = status.st_mode & (S_IRWXG | S_IRWXO);
    return said != 0 && !(said == S_IRGRP && is_credential(path));
}

}  // namespace fairlead::base
