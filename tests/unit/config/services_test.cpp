// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/curve_key.h"
#include "config/dump.h"
#include "config/load.h"
#include "unit/config/folder.h"

using namespace fairlead;
using namespace fairlead::config;

namespace {

const std::string kTables = R"(
[backplane]
listen = ["tcp://0.0.0.0:7000"]
secret_key_file = "broker.key"

[[service]]
name = "orders"
public_key = "%s"
topics = ["orders.>"]
channels = ["shop:*"]
push = true
)";

std::string lines_of(const Problems& problems) {
    std::string lines;
    for (const auto& problem : problems)
        lines += line_of(problem) + "\n";
    return lines;
}

struct Keyed {
    Keyed() {
        REQUIRE(base::write_key_file(folder.path("broker.key"), key).empty());
        std::string text = kTables;
        text.replace(text.find("%s"), 2, service.public_key());
        inputs.file = folder.write("a.toml", text);
    }
    test::Folder folder;
    base::SecretKey key = base::SecretKey::make();
    base::SecretKey service = base::SecretKey::make();
    Inputs inputs;
};

}  // namespace

TEST_CASE("with a key the backplane may listen off loopback", "[services]") {
    Keyed keyed;
    const auto loaded = load(keyed.inputs);
    CHECK(lines_of(loaded.problems).empty());
    REQUIRE(loaded.config);
    const auto& options = loaded.config->backplane;
    CHECK(options.secret_key_file == keyed.folder.path("broker.key"));
    REQUIRE(options.services.size() == 1);
    CHECK(options.services[0].name == "orders");
    CHECK(options.services[0].public_keys == std::vector{keyed.service.public_key()});
    CHECK(options.services[0].topics == std::vector<std::string>{"orders.>"});
    CHECK(options.services[0].calls.empty());
    CHECK(options.services[0].push);
    CHECK_FALSE(options.services[0].control);
}

TEST_CASE("names of the broker's in rights are known, or refused with what there is", "[services]") {
    Keyed keyed;
    const auto problems_with = [&](const std::string& line) {
        std::string text = kTables + line + "\n";
        text.replace(text.find("%s"), 2, keyed.service.public_key());
        keyed.inputs.file = keyed.folder.write("a.toml", text);
        return lines_of(load(keyed.inputs).problems);
    };
    for (const char* line : {R"(calls = ["_broker.clients", "_broker.>", "stock.*"])", R"(listens = ["_session", "_user", "a.>"])"})
        CHECK(problems_with(line).empty());
    CHECK(problems_with(R"(calls = ["_broker.client"])").find("nothing that the broker answers") != std::string::npos);
    CHECK(problems_with(R"(listens = ["_sessions"])").find("\"_session\"") != std::string::npos);
    CHECK(problems_with(R"(listens = ["_broker.clients"])").find("nothing that the broker tells") != std::string::npos);
}

TEST_CASE("T41: a key file that others may read stops the start, and no dump holds a key", "[services]") {
    Keyed keyed;
    const std::string text = test::read_whole(keyed.folder.path("broker.key"));
    const auto begin = text.find("secret_key = \"") + 14;
    const std::string secret = text.substr(begin, base::kKeyChars);
    const auto loaded = load(keyed.inputs);
    REQUIRE(loaded.config);
    CHECK(dump(*loaded.config).find(secret) == std::string::npos);
    ::chmod(keyed.folder.path("broker.key").c_str(), 0644);
    const std::string lines = lines_of(load(keyed.inputs).problems);
    CHECK_THAT(lines, Catch::Contains("chmod 600"));
    CHECK(lines.find(secret) == std::string::npos);
}

TEST_CASE("T34: without keys off loopback only when it is said twice", "[services]") {
    const test::Folder folder;
    Inputs inputs;
    inputs.file = folder.write("a.toml",
                               "[backplane]\nlisten = [\"tcp://0.0.0.0:7000\"]\ninsecure_no_keys = true\n"
                               "insecure_no_keys_confirmed = true\n");
    CHECK(load(inputs).config);
    inputs.overrides = {"backplane.insecure_no_keys_confirmed=false"};
    CHECK_FALSE(load(inputs).config);
}
