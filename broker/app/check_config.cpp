// SPDX-License-Identifier: Apache-2.0
#include "app/check_config.h"

#include <ostream>

#include "auth/token_verifier_jwt.h"
#include "config/check.h"
#include "config/dump.h"
#include "config/load.h"
#include "edge/tls_identity.h"

namespace fairlead::app {

config::Loaded read_config(const CommandLine& line) {
    return config::load({line.file, config::environment(), line.overrides});
}

std::optional<config::Config> load_config(const CommandLine& line, std::ostream& errors) {
    auto loaded = read_config(line);
    for (const auto& problem : loaded.problems)
        errors << "error: " << config::line_of(problem) << '\n';
    if (!loaded.config) return std::nullopt;
    // Whether a file holds a key is for auth to say, which the configuration does not know.
    const std::string fault = auth::TokenVerifierJwt::refuse(loaded.config->auth);
    if (fault.empty()) return std::move(loaded.config);
    errors << "error: token: " << fault << '\n';
    return std::nullopt;
}

int check_config(const CommandLine& line, std::ostream& out, std::ostream& errors) {
    const auto config = load_config(line, errors);
    if (!config) return 1;
    if (const auto fault = edge::tls_fault(config->edge, std::chrono::system_clock::now()); !fault.empty()) {
        errors << "error: " << fault << '\n';
        return 1;
    }
    if (config->development) errors << "the development profile: everybody is let in, on loopback only\n";
    for (const auto& weak : config::weak_settings(*config))
        errors << "weak: " << config::line_of(weak) << '\n';
    out << config::dump(*config);
    return 0;
}

}  // namespace fairlead::app
