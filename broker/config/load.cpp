// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <variant>

#include "base/curve_key.h"
#include "config/apply.h"
#include "config/check.h"
#include "config/development.h"
#include "config/secret.h"
#include "config/table.h"
#include "config/value.h"

namespace fairlead::config {
namespace {

constexpr std::size_t kMaxKeyBytes = 16 * 1024;
constexpr std::size_t kMaxJwksBytes = 256 * 1024;

// Reads the secret and key files that a configuration names.
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
        if (!files.jwks.empty()) {
            take("token.jwks_file", config_.origins["token.jwks_file"], read_public_file(files.jwks, kMaxJwksBytes),
                 config_.auth.jwks);
        }
        for (const TokenKey& key : files.keys)
            read_key(key);
        try_key("backplane.secret_key_file", config_.backplane.secret_key_file);
        try_key("backplane.previous_secret_key_file", config_.backplane.previous_secret_key_file);
    }

private:
    void read_one(const std::string& name, const std::string& path, std::size_t least, std::string& into) {
        if (!path.empty()) take(name, config_.origins[name], read_secret(path, least), into);
    }

    // How long a secret must be is auth's to say, by the algorithm.
    void read_key(const TokenKey& key) {
        auto& options = config_.auth.keys.emplace_back();
        options = {key.name, key.kid, key.algorithm, {}};
        if (key.secret_file.empty()) {
            take("token_key.public_key_file", key.where, read_public_file(key.public_key_file, kMaxKeyBytes),
                 options.material);
        } else {
            take("token_key.secret_file", key.where, read_secret(key.secret_file, 1), options.material);
        }
    }

    // The key itself is read where it is handed over, so that it lies in no configuration.
    void try_key(const std::string& name, const std::string& path) {
        if (path.empty()) return;
        const auto key = base::read_key_file(path);
        if (const auto* why = std::get_if<std::string>(&key)) {
            problems_.push_back({config_.origins[name], name + ": " + *why});
        }
    }

    void take(const std::string& name, const std::string& where, Parsed<std::string>&& bytes, std::string& into) {
        if (bytes.value) {
            into = std::move(*bytes.value);
        } else {
            problems_.push_back({where, name + ": " + bytes.why});
        }
    }

    Config& config_;
    Problems& problems_;
};

Source first_source(const Inputs& inputs) {
    if (inputs.text) return read_toml(*inputs.text, "configuration");
    if (inputs.file) return read_toml_file(*inputs.file);
    return read_toml(development_text(), std::string(kDevelopmentName));
}

}  // namespace

Config strict_defaults() {
    Config config;
    for (const Row& row : table())
        row.set(config, standard_of(row));
    return config;
}

Loaded load(const Inputs& inputs) {
    Config config = strict_defaults();
    config.development = !inputs.file && !inputs.text;
    Application application(config);
    application.apply(first_source(inputs));
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

Config reloaded(const Config& running, Config loaded) {
    for (const Row& row : table()) {
        if (!row.reloads) row.set(loaded, row.get(running));
    }
    return loaded;
}

}  // namespace fairlead::config
