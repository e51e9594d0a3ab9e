// SPDX-License-Identifier: Apache-2.0
#include "cli/token.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

#include "cli/failure.h"
#include "client/json.h"

namespace fairlead::cli {
namespace {

using client::Error;
using client::Fault;

using client::Result;

constexpr std::size_t kLeastSecretBytes = 32;
constexpr std::size_t kMostUserBytes = 250;  // so that `user:<id>` is a channel

const std::map<std::string, std::int64_t> kUnits{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

/// An object of claims as it grows; each name once.
class Claims {
public:
    bool put(const std::string& name, const std::string& json) {
        if (!names_.insert(name).second) return false;
        text_ += (text_.empty() ? "{" : ",") + client::quoted(name) + ":" + json;
        return true;
    }
    void put_text(const std::string& name, const std::string& text) {
        if (!text.empty()) put(name, client::quoted(text));
    }
    const std::string& text() const { return text_; }

private:
    std::string text_;
    std::set<std::string> names_;
};

std::string list_of(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts)
        list += (list.empty() ? "[" : ",") + client::quoted(text);
    return list + "]";
}

}  // namespace

void Token::add_options(CLI::App& command) {
    add_claims(command);
    auto* key = command.add_option_group("Key", "what it is signed with");
    key->add_option("--secret-file", secret_file,
                    "file with the secret, as token.hs256_secret_file of the broker")
        ->envname("FAIRLEAD_TOKEN_HS256_SECRET_FILE")
        ->capture_default_str();
    key->add_option("--key-file", key_file, "file with a private key in PEM, instead of a secret");
    key->add_option("--algorithm", algorithm,
                    "HS384 or HS512; with an RSA key PS256; else it follows from the key")
        ->check(CLI::IsMember({"HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384", "EdDSA"}));
    key->add_option("--kid", kid, "key id in the header, if the broker has several keys");
    command.add_flag("--json", json, "print token and claims as one JSON object");
}

void Token::add_claims(CLI::App& command) {
    const auto duration = [](CLI::Option* option) {
        option->transform(CLI::AsNumberWithUnit(kUnits, CLI::AsNumberWithUnit::CASE_INSENSITIVE))
            ->check(CLI::NonNegativeNumber);
    };
    command.add_option("--user", user, "user id, the claim sub; empty = anonymous")->capture_default_str();
    command.add_option("--channel", channel, "makes it a token of a subscription to this channel");
    command.add_option("--client", client,
                       "client id that the subscription token is for; absent = any of the user");
    auto* exp = command.add_option("--exp", lifetime_seconds,
                                   "how long it is good: 90s, 15m, 1h, 7d; 0 = without end");
    duration(exp);
    exp->default_str("1h");
    duration(command.add_option(
        "--expire-at", grant_seconds,
        "when the connection or subscription ends, from now; 0 = never; absent = with --exp"));
    command.add_option("--sid,--session", session,
                       "session id, so that a new connection resumes the session");
    command.add_option("--label", labels, "label that permissions ask for; may be repeated")
        ->expected(1)
        ->take_all();
    command.add_option("--claim", more, "another claim as name=value, JSON or else text; may be repeated")
        ->expected(1)
        ->take_all();
    command.add_option("--info", info, "JSON that other clients see beside what this user does");
    command.add_option("--meta", meta, "JSON object that services see");
    command.add_option("--aud", audience, "audience, if the broker asks for one");
    command.add_option("--iss", issuer, "issuer, if the broker asks for one");
}

Result<std::string> Token::claims(std::int64_t now_seconds) const {
    if (user.size() > kMostUserBytes) return Error{Fault::malformed, "--user is longer than 250 bytes"};
    if (channel.empty() && !client.empty()) return Error{Fault::malformed, "--client needs --channel"};
    if (!info.empty() && !client::parse_json(info))
        return Error{Fault::malformed, "--info is no JSON: " + info};
    if (!meta.empty()) {
        const auto parsed = client::parse_json(meta);
        if (!parsed || !parsed->IsObject())
            return Error{Fault::malformed, "--meta is no JSON object: " + meta};
    }
    Claims out;
    out.put("sub", client::quoted(user));
    out.put("iat", std::to_string(now_seconds));
    if (lifetime_seconds > 0) out.put("exp", std::to_string(now_seconds + lifetime_seconds));
    if (grant_seconds)
        out.put("expire_at", std::to_string(*grant_seconds > 0 ? now_seconds + *grant_seconds : 0));
    out.put_text("channel", channel);
    out.put_text("client", client);
    out.put_text("sid", session);
    out.put_text("aud", audience);
    out.put_text("iss", issuer);
    if (!info.empty()) out.put("info", info);
    if (!meta.empty()) out.put("meta", meta);
    if (!labels.empty()) out.put("labels", list_of(labels));
    for (const std::string& claim : more) {
        const std::size_t equals = claim.find('=');
        if (equals == 0 || equals == claim.npos)
            return Error{Fault::malformed, "--claim is not name=value: " + claim};
        const std::string name = claim.substr(0, equals), value = claim.substr(equals + 1);
        if (!out.put(name, client::parse_json(value) ? value : client::quoted(value)))
            return Error{Fault::malformed, "--claim gives what is given already: " + name};
    }
    return out.text() + "}";
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

Result<Signer> Token::signer() const {
    if (key_file.empty()) {
        const auto secret = read_secret(secret_file);
        if (!secret) return secret.error();
        return Signer{algorithm.empty() ? "HS256" : algorithm, *secret, {}, kid};
    }
    std::ifstream file(key_file, std::ios::binary);
    const std::string pem{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (pem.empty()) return Error{Fault::malformed, "cannot read the key in '" + key_file + "'"};
    return Signer{algorithm, {}, pem, kid};
}

ExitCode Token::run() const {
    const auto by = signer();
    if (!by) return report_usage(by.error().text);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto text = claims(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    if (!text) return report_usage(text.error().text);
    const auto token = by->sign(*text);
    if (!token) return report_usage((key_file.empty() ? secret_file : key_file) + ": " + token.error().text);
    if (json) {
        std::cout << "{\"token\":" << client::quoted(*token) << ",\"claims\":" << *text << "}\n";
    } else {
        std::cout << *token << '\n';
    }
    return kDone;
}

}  // namespace fairlead::cli
