// SPDX-License-Identifier: Apache-2.0
#include "cli/keygen.h"

#include <fairlead/keys.h>
#include <CLI/CLI.hpp>

#include <iostream>

#include "cli/failure.h"

namespace fairlead::cli {

void Keygen::add_options(CLI::App& command) {
    auto* file =
        command.add_option("--out", out, "new file for the secret key, of mode 0600")->capture_default_str();
    command.add_option("--public", show, "print the public key of this key file and make none")
        ->excludes(file);
}

ExitCode Keygen::run() const {
    const auto key = show.empty() ? make_key_file(out) : public_key_of(show);
    if (!key) return report_usage(key.error().message);
    std::cout << key.value() << '\n';
    if (show.empty()) std::cerr << "the secret key is in " << out << '\n';
    return kDone;
}

}  // namespace fairlead::cli
