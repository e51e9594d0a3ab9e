// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "auth/options.h"
#include "backplane/options.h"
#include "config/log_options.h"
#include "config/memory_options.h"
#include "core/options.h"
#include "edge/options.h"
#include "engine/options.h"

namespace fairlead::config {

/// One [[token_key]]: a key by its file.
struct TokenKey {
    std::string name;
    std::string kid;
    std::string algorithm;
    std::string public_key_file;  ///< this one or the next, as the algorithm needs
    std::string secret_file;
    std::string where;  ///< its place in the file
};

/// Where the secrets and keys of `auth::Options` are read from; empty = none.
struct SecretFiles {
    std::string hs256;
    std::string hs384;
    std::string hs512;
    std::vector<std::string> previous_hs256;
    std::string jwks;
    std::vector<TokenKey> keys;

    bool empty() const {
        return hs256.empty() && hs384.empty() && hs512.empty() && previous_hs256.empty() && jwks.empty() &&
               keys.empty();
    }
};

/// What each room can be set to, and where each value came from.
struct Config {
    core::Options core;
    edge::Options edge;
    auth::Options auth;
    backplane::Options backplane;
    engine::Options engine;
    MemoryOptions memory;
    LogOptions log;

    SecretFiles secret_files;
    /// Whether any token can be accepted.
    bool takes_tokens() const { return !secret_files.empty() || !auth.jwks_url.empty(); }

    bool development = false;  ///< runs on the development profile: loopback only

    /// "section.key" of what a source has set, and its place: "fairlead.toml:3:1", "FAIRLEAD_LOG_LEVEL",
    /// "--set".
    std::map<std::string, std::string> origins;
};

}  // namespace fairlead::config
