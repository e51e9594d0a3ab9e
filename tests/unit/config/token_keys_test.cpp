// SPDX-License-Identifier: Apache-2.0
#include "config/token_keys.h"

#include <catch2/catch.hpp>

#include "config/check.h"
#include "config/load.h"
#include "config/secret.h"
#include "unit/config/folder.h"

using namespace fairlead::config;
using test::Folder;

namespace {

Loaded load_file(const Folder& folder, const std::string& text) {
    Inputs inputs;
    inputs.file = folder.write("fairlead.toml", text);
    return load(inputs);
}

}  // namespace

TEST_CASE("keys of tokens are read with their files, from the folder of the configuration", "[token_key]") {
    const Folder folder;
    folder.write("a.pem", "public\n", 0644);
    folder.write("b.secret", "hidden\n");
    folder.write("keys.json", "{}", 0644);
    const auto loaded =
        load_file(folder,
                  "[token]\njwks_file = \"keys.json\"\n"
                  "[[token_key]]\nname = \"a\"\nkid = \"k\"\nalgorithm = \"ES256\"\n"
                  "public_key_file = \"a.pem\"\n"
                  "[[token_key]]\nname = \"b\"\nalgorithm = \"HS512\"\nsecret_file = \"b.secret\"\n");
    REQUIRE(loaded.config);
    const auto& keys = loaded.config->auth.keys;
    REQUIRE(keys.size() == 2);
    CHECK(keys[0].name == "a");
    CHECK(keys[0].kid == "k");
    CHECK(keys[0].algorithm == "ES256");
    CHECK(keys[0].material == "public\n");
    CHECK(keys[1].name == "b");
    CHECK(keys[1].kid.empty());
    CHECK(keys[1].algorithm == "HS512");
    CHECK(keys[1].material == "hidden");
    CHECK(loaded.config->auth.jwks == "{}");
    CHECK(loaded.config->takes_tokens());
    CHECK_FALSE(strict_defaults().takes_tokens());
}

TEST_CASE("the secret of a key is for its owner's eyes", "[token_key]") {
    const Folder folder;
    folder.write("b.secret", "hidden", GENERATE(0640, 0604, 0660));
    const auto loaded =
        load_file(folder, "[[token_key]]\nname = \"b\"\nalgorithm = \"HS512\"\nsecret_file = \"b.secret\"\n");
    REQUIRE(loaded.problems.size() == 1);
    CHECK(loaded.problems[0].what.find("chmod 600") != std::string::npos);
}

TEST_CASE("a public file may be read by all and written by its owner", "[secret]") {
    const Folder folder;
    for (const mode_t mode : {0400U, 0644U, 0755U})
        CHECK(read_public_file(folder.write("a", "key", mode), 8).value == "key");
    for (const mode_t mode : {0664U, 0646U, 0666U})
        CHECK_FALSE(read_public_file(folder.write("a", "key", mode), 8).value);
    CHECK(read_public_file(folder.write("b", "12345678"), 8).value);
    CHECK_FALSE(read_public_file(folder.write("b", "123456789"), 8).value);
    CHECK_FALSE(read_public_file(folder.write("c", ""), 8).value);
    CHECK_FALSE(read_public_file(folder.path("none"), 8).value);
    CHECK_FALSE(read_public_file(folder.path(""), 8).value);
}

TEST_CASE("keys of tokens without TLS are weak", "[token_key]") {
    Config config = strict_defaults();
    const auto weak = [&] {
        for (const auto& problem : weak_settings(config))
            if (problem.where == "token.jwks_insecure_http") return true;
        return false;
    };
    CHECK_FALSE(weak());
    config.auth.jwks_insecure_http = true;
    CHECK(weak());
}
