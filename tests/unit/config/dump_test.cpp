// SPDX-License-Identifier: Apache-2.0
#include "config/dump.h"

#include <catch2/catch.hpp>

#include "config/apply.h"
#include "config/load.h"
#include "config/value.h"
#include "unit/config/folder.h"
#include "unit/config/samples.h"

using namespace fairlead::config;
using fairlead::core::Decider;

namespace {

// What a dump gives when it is loaded as a file.
Config again(const Config& config) {
    Config copy = strict_defaults();
    Application application(copy);
    const auto text = dump(config);
    INFO(text);
    application.apply(read_toml(text, "dump.toml"));
    REQUIRE(application.problems().empty());
    return copy;
}

void check_same(const Config& a, const Config& b) {
    for (const Row& row : table()) {
        INFO(name_of(row));
        CHECK(row.get(a) == row.get(b));
    }
    REQUIRE(a.secret_files.keys.size() == b.secret_files.keys.size());
    for (std::size_t i = 0; i < a.secret_files.keys.size(); ++i) {
        CHECK(a.secret_files.keys[i].name == b.secret_files.keys[i].name);
        CHECK(a.secret_files.keys[i].kid == b.secret_files.keys[i].kid);
        CHECK(a.secret_files.keys[i].algorithm == b.secret_files.keys[i].algorithm);
        CHECK(a.secret_files.keys[i].public_key_file == b.secret_files.keys[i].public_key_file);
        CHECK(a.secret_files.keys[i].secret_file == b.secret_files.keys[i].secret_file);
    }
    REQUIRE(a.core.namespaces.size() == b.core.namespaces.size());
    for (std::size_t i = 0; i < a.core.namespaces.size(); ++i) {
        CHECK(a.core.namespaces[i].name == b.core.namespaces[i].name);
        CHECK(a.core.namespaces[i].subscribe == b.core.namespaces[i].subscribe);
        CHECK(a.core.namespaces[i].history_size == b.core.namespaces[i].history_size);
        CHECK(a.core.namespaces[i].history_age == b.core.namespaces[i].history_age);
        CHECK(a.core.namespaces[i].recovery == b.core.namespaces[i].recovery);
        CHECK(a.core.namespaces[i].slow_reader == b.core.namespaces[i].slow_reader);
        CHECK(a.core.namespaces[i].publish == b.core.namespaces[i].publish);
    }
    REQUIRE(a.backplane.services.size() == b.backplane.services.size());
    for (std::size_t i = 0; i < a.backplane.services.size(); ++i) {
        const auto& one = a.backplane.services[i];
        const auto& other = b.backplane.services[i];
        CHECK(one.name == other.name);
        CHECK(one.public_keys == other.public_keys);
        CHECK(one.topics == other.topics);
        CHECK(one.listens == other.listens);
        CHECK(one.groups == other.groups);
        CHECK(one.calls == other.calls);
        CHECK(one.emits == other.emits);
        CHECK(one.channels == other.channels);
        CHECK(one.push == other.push);
        CHECK(one.control == other.control);
    }
}

}  // namespace

TEST_CASE("a dump loads to the same configuration", "[dump]") {
    Config config = strict_defaults();
    check_same(config, again(config));
    for (const Row& row : table())
        row.set(config, test::sample_of(row));
    config.secret_files.keys = {{"main", "k \"1\"", "ES256", "/etc/a.pem", "", ""},
                                {"old", "", "HS256", "", "/etc/b.secret", ""}};
    config.core.namespaces = {{"", {Decider::anyone}, {Decider::user}},
                              {"a\"b\\c", {Decider::user, Decider::anyone}, {Decider::nobody}}};
    config.backplane.services = {
        {"orders", {"y13=oq2}+}!!)C)2qO/XoceE/GjCdbufGc4P)=/v"}, {"orders.>", "_hook.>"}, {"a.*"}, {"g"}, {"b"}, {"c"}, {"shop:*"}, true, false},
        {"stock", {"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"}, {}, {}, {}, {}, {}, {}, false, true}};
    check_same(config, again(config));
}

TEST_CASE("a dump says where each value came from", "[dump]") {
    Inputs inputs;
    inputs.variables = {{"FAIRLEAD_LOG_LEVEL", "debug"}};
    inputs.overrides = {"client.max_depth=32"};
    const auto text = dump(*load(inputs).config);
    CHECK(text.find("level = \"debug\"  # FAIRLEAD_LOG_LEVEL\n") != std::string::npos);
    CHECK(text.find("max_depth = 32  # --set\n") != std::string::npos);
    CHECK(text.find("anonymous = true  # development profile:") != std::string::npos);
    CHECK(text.find("max_fragments = 64  # default\n") != std::string::npos);
}

TEST_CASE("a dump never holds the secret", "[dump]") {
    const test::Folder folder;
    Inputs inputs;
    const std::string secret = "canary-canary-canary-canary-canary";
    inputs.overrides = {"token.hs256_secret_file=" + folder.write("secret", secret)};
    const auto config = load(inputs).config;
    REQUIRE(config);
    CHECK(config->auth.hs256_secret == secret);
    CHECK(dump(*config).find("canary") == std::string::npos);
}

TEST_CASE("a file's name cannot break out of its comment", "[dump]") {
    Config config = strict_defaults();
    config.origins["log.level"] = "a\nanonymous = true\r\x7f";
    config.origins["log.format"] = "\xff.toml:1:1";
    check_same(config, again(config));
}
