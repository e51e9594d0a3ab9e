// SPDX-License-Identifier: Apache-2.0
#include "config/insecure.h"

#include <catch2/catch.hpp>

#include "config/check.h"
#include "config/load.h"
#include "unit/config/folder.h"

using namespace fairlead::config;

namespace {

constexpr const char* kPublicClients = "websocket.listen=192.0.2.1:8000";

bool concerns_services(const Row& row) {
    return row.section == "backplane";
}

// What is wrong with it when the switch is set and all else is strict.
Problems problems_of(const Row& row, std::vector<std::string> settings) {
    const test::Folder folder;
    Inputs inputs;
    inputs.file = folder.write("a.toml", "");
    inputs.overrides = std::move(settings);
    inputs.overrides.push_back(name_of(row) + "=true");
    return load(inputs).problems;
}

std::vector<std::string> public_for(const Row& row) {
    if (!concerns_services(row)) return {kPublicClients};
    return {"backplane.listen=tcp://127.0.0.1:7000,tcp://0.0.0.0:7001"};
}

}  // namespace

TEST_CASE("there are insecure switches, and each is off and has its confirmation beside it", "[insecure]") {
    CHECK(insecure_switches().size() >= 3);
    for (const Row* row : insecure_switches()) {
        INFO(name_of(*row));
        const Row* confirmation = confirmation_of(*row);
        REQUIRE(confirmation != nullptr);
        for (const Row* flag : {row, confirmation}) {
            CHECK(flag->kind == Kind::boolean);
            CHECK(flag->standard == "false");
        }
        CHECK(row->reloads == confirmation->reloads);
    }
}

TEST_CASE("each insecure switch is for loopback, unless it is confirmed", "[insecure]") {
    for (const Row* row : insecure_switches()) {
        INFO(name_of(*row));
        const std::string confirmation = name_of(*confirmation_of(*row));
        CHECK(problems_of(*row, {}).empty());

        auto settings = public_for(*row);
        const auto refused = problems_of(*row, settings);
        REQUIRE(refused.size() == 1);
        CHECK(refused.front().where == "--set");
        CHECK_THAT(refused.front().what, Catch::StartsWith(name_of(*row) + ": is refused while ") &&
                                             Catch::Contains("write false") &&
                                             Catch::Contains(confirmation + " = true"));

        settings.push_back(confirmation + "=true");
        CHECK(problems_of(*row, settings).empty());
    }
}

TEST_CASE("an insecure switch minds only the listener that it concerns", "[insecure]") {
    for (const Row* row : insecure_switches()) {
        if (concerns_services(*row)) {
            CHECK(problems_of(*row, {kPublicClients}).empty());
        } else {
            CHECK(public_listener(*load({}).config, *row).empty());
        }
    }
}

TEST_CASE("the listener that is off loopback is named, whichever of several it is", "[insecure]") {
    Config config = strict_defaults();
    const Row& keys = *find_row("backplane", "insecure_no_keys");
    const Row& tokens = *find_row("client", "insecure_token_in_url");
    CHECK(public_listener(config, keys).empty());
    config.backplane.listen = {"ipc:///run/fairlead/backplane", "tcp://[::]:7000"};
    CHECK(public_listener(config, keys) == "backplane.listen = \"tcp://[::]:7000\"");
    CHECK(public_listener(config, tokens).empty());
    config.backplane.listen = {"tcp://127.0.0.1:7000"};
    config.backplane.previous_listen = {"tcp://0.0.0.0:7001"};
    CHECK(public_listener(config, keys) == "backplane.previous_listen = \"tcp://0.0.0.0:7001\"");
    config.edge.listen = "[::ffff:192.0.2.1]:80";
    CHECK(public_listener(config, tokens) == "websocket.listen = \"[::ffff:192.0.2.1]:80\"");
}

TEST_CASE("the log hears of insecure switches, and of those alone", "[insecure]") {
    Config config = strict_defaults();
    config.core.anonymous = true;
    config.edge.insecure_token_in_url_confirmed = true;
    CHECK(insecure_settings(config).empty());
    config.edge.insecure_token_in_url = true;
    config.auth.jwks_insecure_http = true;
    const auto listed = insecure_settings(config);
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].where == "client.insecure_token_in_url");
    CHECK(listed[1].where == "token.jwks_insecure_http");
}
