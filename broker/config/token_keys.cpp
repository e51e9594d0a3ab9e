// SPDX-License-Identifier: Apache-2.0
#include "config/token_keys.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "auth/options.h"
#include "config/nearest.h"
#include "config/unknown.h"
#include "config/value.h"

namespace fairlead::config {
namespace {

constexpr std::size_t kMaxNameBytes = 128;

std::vector<std::string> algorithms() {
    return {auth::kAlgorithms.begin(), auth::kAlgorithms.end()};
}

// A secret is for an algorithm of the HMAC kind, a public key for any other.
bool needs_secret(const TokenKey& key) {
    return key.algorithm.compare(0, 2, "HS") == 0;
}

// Reads the keys of one table.
class Reader {
public:
    Reader(const std::string& folder, Problems& problems) : folder_(folder), problems_(problems) {}

    TokenKey read(const TableEntry& table) {
        key_.where = table.where;
        for (const Entry& entry : table.entries)
            read_entry(entry);
        require(table, "name", key_.name);
        require(table, "algorithm", key_.algorithm);
        check_file(table);
        return std::move(key_);
    }

private:
    void read_entry(const Entry& entry) {
        seen_[entry.key] = true;
        if (entry.key == "name") return read_id(entry, key_.name);
        if (entry.key == "kid") return read_id(entry, key_.kid);
        if (entry.key == "algorithm") return read_algorithm(entry);
        if (entry.key == "public_key_file") return read_file(entry, key_.public_key_file);
        if (entry.key == "secret_file") return read_file(entry, key_.secret_file);
        refuse(entry, explain_key(kTokenKeySection, entry.key));
    }

    bool read_text(const Entry& entry, std::string& into) {
        const auto* text = std::get_if<std::string>(&entry.value);
        if (text != nullptr && !text->empty()) {
            into = *text;
            return true;
        }
        refuse(entry, text == nullptr ? "is not text in quotes" : "is empty");
        return false;
    }

    void read_id(const Entry& entry, std::string& into) {
        if (!read_text(entry, into)) return;
        const bool printable =
            std::all_of(into.begin(), into.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
        if (!printable || into.size() > kMaxNameBytes) {
            refuse(entry, "is not at most 128 printable ASCII characters");
        }
    }

    void read_algorithm(const Entry& entry) {
        if (!read_text(entry, key_.algorithm)) return;
        const auto known = algorithms();
        if (std::find(known.begin(), known.end(), key_.algorithm) != known.end()) return;
        refuse(entry, in_quotes(key_.algorithm) + " is no algorithm; did you mean " +
                          nearest(key_.algorithm, known) + "? Write " + one_of(known));
    }

    void read_file(const Entry& entry, std::string& into) {
        if (!read_text(entry, into)) return;
        into = std::filesystem::absolute(std::filesystem::path(folder_) / into).lexically_normal().string();
    }

    void require(const TableEntry& table, const std::string& key, const std::string& value) {
        if (value.empty() && !seen_[key]) {
            problems_.push_back({table.where, "[[token_key]] has no " + key + "; write " + key + " = " +
                                                  (key == "name" ? "\"main\"" : "\"ES256\"")});
        }
    }

    void check_file(const TableEntry& table) {
        if (key_.algorithm.empty()) return;
        const bool secret = needs_secret(key_);
        const std::string right = secret ? "secret_file" : "public_key_file";
        const std::string wrong = secret ? "public_key_file" : "secret_file";
        if (!seen_[right]) {
            problems_.push_back(
                {table.where, "[[token_key]] has no " + right + ", which " + key_.algorithm + " needs"});
        }
        if (seen_[wrong]) {
            problems_.push_back(
                {table.where, "token_key." + wrong + ": is not for " + key_.algorithm + "; write " + right});
        }
    }

    void refuse(const Entry& entry, std::string what) {
        problems_.push_back({entry.where, "token_key." + entry.key + ": " + std::move(what)});
    }

    const std::string& folder_;
    Problems& problems_;
    TokenKey key_;
    std::map<std::string, bool> seen_;
};

std::string line(std::string_view key, const std::string& value) {
    return value.empty() ? std::string() : std::string(key) + " = " + toml_string(value) + "\n";
}

}  // namespace

const std::vector<TokenKeyKey>& token_key_table() {
    static const std::vector<TokenKeyKey> keys{
        {"name", "required", "What logs call the key, and who revokes the clients that came with it."},
        {"algorithm", "required",
         "The one algorithm that the key is for: `HS256`, `HS384`, `HS512`, `RS256`, `PS256`, `ES256`, "
         "`ES384` or "
         "`EdDSA` (Ed25519)."},
        {"public_key_file", "required but for HS",
         "File with the public key in PEM, `-----BEGIN PUBLIC KEY-----`. RSA keys have 2048 to 4096 bits and "
         "the "
         "exponent 65537. Others may read the file, but only its owner may write it."},
        {"secret_file", "required for HS", "File with the secret, as `token.hs256_secret_file`."},
        {"kid", "\"\"",
         "The `kid` of the key's tokens; those with another one are not for it. Empty: whatever `kid` they "
         "have."}};
    return keys;
}

std::vector<std::string> token_key_keys() {
    std::vector<std::string> keys;
    for (const TokenKeyKey& row : token_key_table())
        keys.emplace_back(row.key);
    return keys;
}

std::vector<TokenKey> read_token_keys(const Source& source, Problems& problems) {
    std::vector<TokenKey> list;
    std::map<std::string, std::string> places;
    for (const TableEntry& table : source.tables) {
        if (table.section != kTokenKeySection) continue;
        const std::size_t before = problems.size();
        TokenKey key = Reader(source.folder, problems).read(table);
        if (problems.size() != before) continue;
        const auto [first, added] = places.emplace(key.name, table.where);
        if (added) {
            list.push_back(std::move(key));
        } else {
            problems.push_back({table.where, "the key " + in_quotes(key.name) + " is already at " +
                                                 first->second + "; leave one out"});
        }
    }
    return list;
}

std::string dump_token_key(const TokenKey& key) {
    return "\n[[token_key]]\n" + line("name", key.name) + line("kid", key.kid) +
           line("algorithm", key.algorithm) + line("public_key_file", key.public_key_file) +
           line("secret_file", key.secret_file);
}

}  // namespace fairlead::config
