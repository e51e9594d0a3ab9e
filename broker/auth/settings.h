// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "auth/claim_rules.h"
#include "auth/keyring.h"
#include "auth/options.h"

namespace fairlead::auth {

/// Names for the keys that have none by configuration: the secrets of secret files. A secret keeps its name
/// for ever, wherever it stands in the options, so that clients let in with it stay its own when another
/// takes its place. Threads: one.
class SecretNames {
public:
    /// "HS256", for the second secret "HS256-2", and so on.
    std::string name_of(Algorithm algorithm, const std::string& secret);

private:
    std::map<std::string, std::string> names_;  // by algorithm and hash
    std::map<Algorithm, std::size_t> count_;
};

/// What a verifier goes by, made from options as a whole.
/// Threads: any.
struct Settings {
    /// Throws std::invalid_argument with what is wrong with the options; never with a secret.
    Settings(const Options& options, SecretNames& names);

    std::size_t max_token_bytes;
    bool fetches;  ///< keys come from a URL too
    ClaimRules rules;
    Keyring keys;

private:
    void add(KeyPtr key);
    void add_secret(SecretNames& names, Algorithm algorithm, const std::string& secret);
    void add_key(const KeyOptions& options);
    void add_set(const std::string& jwks);
};

}  // namespace fairlead::auth
