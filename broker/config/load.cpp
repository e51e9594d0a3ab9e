// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include "config/apply.h"
#include "config/check.h"
#include "config/development.h"
#include "config/secret.h"
#include "config/table.h"
#include "config/value.h"

namespace fairlead::config {
namespace {

// Reads the secret files that a configuration names.
class Secrets {
public:
    Secrets(Config& config, Problems& problems) : config_(config), problems_(problems) {}

    void read() {
        const SecretFiles& files = config_.secret_files;
        read_one("token.hs256_secret_file", files.hs256, 32, config_.auth.hs256_secret);
        read_one("token.hs384_secret_file", files.hs384, 48, config_.auth.hs384_secret);
        read_one("token.hs512_secret_file", files.hs512, 64, config_.auth.hs512_secret);
        for (const auto& path : files.previous_hs256) {
            auto& secret = config_.auth.previous_hs256_secrets.emplace_back();
            read_one("token.previous_hs256_secret_files", path, 32, secret);
        }
    }

private:
    void read_one(const std::string& name, const std::string& path, std::size_t least, std::string& into) {
        if (path.empty()) return;
        auto secret = read_secret(path, least);
        if (secret.value) {
            into = std::move(*secret.value);
        } else {
            problems_.push_back({config_.origins[name], name + ": " + secret.why});
        }
    }

    Config& config_;
    Problems& problems_;
};

}  // namespace

Config strict_defaults() {
    Config config;
    for (const Row& row : table())
        row.set(config, standard_of(row));
    return config;
}

Loaded load(const Inputs& inputs) {
    Config config = strict_defaults();
    config.development = !inputs.file;
    Application application(config);
    application.apply(inputs.file ? read_toml_file(*inputs.file)
                                  : read_toml(development_text(), std::string(kDevelopmentName)));
    application.apply(read_environment(inputs.variables));
    application.apply(read_overrides(inputs.overrides));

    Problems problems = application.problems();
    Secrets(config, problems).read();
    for (auto& problem : check(config, application.failed()))
        problems.push_back(std::move(problem));
    if (!problems.empty()) return {std::nullopt, std::move(problems)};
    return {std::move(config), {}};
}

std::vector<std::string> needs_restart(const Config& running, const Config& loaded) {
    std::vector<std::string> names;
    for (const Row& row : table()) {
        if (!row.reloads && row.get(running) != row.get(loaded)) names.push_back(name_of(row));
    }
    return names;
}

}  // namespace fairlead::config
