// SPDX-License-Identifier: Apache-2.0
#include "cli/token.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "cli/failure.h"
#include "cli/jwt.h"
#include "client/json.h"

namespace fairlead::cli {
namespace {

using client::Error;
using client::Fault;

using client::Result;

constexpr std::size_t kLeastSecretBytes = 32;
constexpr std::size_t kMostUserBytes = 250;  // so that `user:<id>` is a channel

const std::map<std::string, std::int64_t> kUnits{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

}  // namespace

void Token::add_options(CLI::App& command) {
    command.add_option("--user", user, "user id, the claim sub; empty = anonymous")->capture_default_str();
    command.add_option("--exp", lifetime_seconds, "how long it is good: 90s, 15m, 1h, 7d; 0 = without end")
        ->transform(CLI::AsNumberWithUnit(kUnits, CLI::AsNumberWithUnit::CASE_INSENSITIVE))
        ->check(CLI::NonNegativeNumber)
        ->default_str("1h");
    command.add_option("--sid", session, "session id, so that a new connection resumes the session");
    command.add_option("--info", info, "JSON that other clients see beside what this user does");
    command.add_option("--meta", meta, "JSON object that services see");
    command.add_option("--aud", audience, "audience, if the broker asks for one");
    command.add_option("--iss", issuer, "issuer, if the broker asks for one");
    command
        .add_option("--secret-file", secret_file,
                    "file with the secret, as token.hs256_secret_file of the broker")
        ->envname("FAIRLEAD_TOKEN_HS256_SECRET_FILE")
        ->capture_default_str();
    command.add_flag("--json", json, "print token and claims as one JSON object");
}

Result<std::string> Token::claims(std::int64_t now_seconds) const {
    if (user.size() > kMostUserBytes) return Error{Fault::malformed, "--user is longer than 250 bytes"};
    if (!info.empty() && !client::parse_json(info))
        return Error{Fault::malformed, "--info is no JSON: " + info};
    if (!meta.empty()) {
        const auto parsed = client::parse_json(meta);
        if (!parsed || !parsed->IsObject())
            return Error{Fault::malformed, "--meta is no JSON object: " + meta};
    }
    std::string out = R"({"sub":)" + client::quoted(user) + R"(,"iat":)" + std::to_string(now_seconds);
    if (lifetime_seconds > 0) out += R"(,"exp":)" + std::to_string(now_seconds + lifetime_seconds);
    const auto put = [&](const char* name, const std::string& json_text) {
        out += ",\"" + std::string(name) + "\":" + json_text;
    };
    if (!session.empty()) put("sid", client::quoted(session));
    if (!audience.empty()) put("aud", client::quoted(audience));
    if (!issuer.empty()) put("iss", client::quoted(issuer));
    if (!info.empty()) put("info", info);
    if (!meta.empty()) put("meta", meta);
    return out + "}";
}

Result<std::string> read_secret(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Error{Fault::malformed, "cannot read the secret in '" + path +
                                           "'; --secret-file says where it is (tools/quickstart makes one)"};
    }
    std::string secret{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!secret.empty() && secret.back() == '\n') secret.pop_back();
    if (!secret.empty() && secret.back() == '\r') secret.pop_back();
    if (secret.size() < kLeastSecretBytes) {
        return Error{Fault::malformed,
                     "the secret in '" + path + "' has less than 32 bytes; the broker refuses it too"};
    }
    return secret;
}

ExitCode Token::run() const {
    const auto secret = read_secret(secret_file);
    if (!secret) return report_usage(secret.error().text);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto text = claims(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    if (!text) return report_usage(text.error().text);
    const std::string token = sign_hs256(*text, *secret);
    if (json) {
        std::cout << "{\"token\":" << client::quoted(token) << ",\"claims\":" << *text << "}\n";
    } else {
        std::cout << token << '\n';
    }
    return kDone;
}

}  // namespace fairlead::cli
