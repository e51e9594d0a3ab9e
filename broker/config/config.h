// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "auth/options.h"
#include "backplane/options.h"
#include "config/log_options.h"
#include "core/options.h"
#include "edge/options.h"

namespace fairlead::config {

/// Where the secrets of `auth::Options` are read from; empty = none.
struct SecretFiles {
    std::string hs256;
    std::string hs384;
    std::string hs512;
    std::vector<std::string> previous_hs256;

    bool empty() const { return hs256.empty() && hs384.empty() && hs512.empty() && previous_hs256.empty(); }
};

/// What each room can be set to, and where each value came from.
struct Config {
    core::Options core;
    edge::Options edge;
    auth::Options auth;
    backplane::Options backplane;
    LogOptions log;

    SecretFiles secret_files;
    bool development = false;  ///< runs on the development profile: loopback only

    /// "section.key" of what a source has set, and its place: "fairlead.toml:3:1", "FAIRLEAD_LOG_LEVEL",
    /// "--set".
    std::map<std::string, std::string> origins;
};

}  // namespace fairlead::config
