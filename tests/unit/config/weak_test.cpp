// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>

#include "config/check.h"
#include "config/load.h"

using namespace fairlead::config;
using fairlead::core::Decider;

namespace {

std::vector<std::string> weak_names(const Config& config) {
    std::vector<std::string> names;
    for (const auto& problem : weak_settings(config))
        names.push_back(problem.where);
    return names;
}

bool names(const Config& config, const std::string& name) {
    const auto all = weak_names(config);
    return std::find(all.begin(), all.end(), name) != all.end();
}

// A configuration that has nothing weak.
Config sound() {
    Config config = strict_defaults();
    config.secret_files.hs256 = "/etc/fairlead/token.secret";
    config.auth.audience = "shop";
    config.auth.require_exp = true;
    config.edge.limit_loopback = true;
    return config;
}

}  // namespace

TEST_CASE("a sound configuration has no weak setting", "[weak]") {
    CHECK(weak_names(sound()).empty());
}

TEST_CASE("the development profile says what it opens", "[weak]") {
    const Config config = *load({}).config;
    CHECK(names(config, "client.anonymous"));
    CHECK(names(config, "client.topics"));
    CHECK(names(config, "namespace \"*\""));
    CHECK(names(config, "namespace \"\""));
    CHECK_FALSE(names(config, "websocket.allowed_origins"));
}

TEST_CASE("each weak setting is named", "[weak]") {
    const auto weak = [](auto change, const std::string& name) {
        Config config = sound();
        change(config);
        INFO(name);
        CHECK(weak_names(config) == std::vector{name});
    };
    weak([](Config& c) { c.core.anonymous = true; }, "client.anonymous");
    weak([](Config& c) { c.edge.insecure_token_in_url = true; }, "client.insecure_token_in_url");
    weak([](Config& c) { c.core.topics = {"a.>", ">"}; }, "client.topics");
    weak(
        [](Config& c) {
            c.core.namespaces = {{"*", {Decider::anyone}, {Decider::user}}};
        },
        "namespace \"*\"");
    weak(
        [](Config& c) {
            c.core.namespaces = {{"a", {Decider::user}, {Decider::anyone}}};
        },
        "namespace \"a\"");
    weak([](Config& c) { c.auth.require_exp = false; }, "token.require_exp");
    weak([](Config& c) { c.auth.audience = ""; }, "token.audience");
    weak([](Config& c) { c.auth.leeway = std::chrono::minutes(2); }, "token.leeway");
    weak([](Config& c) { c.edge.listen = "0.0.0.0:8000"; }, "websocket.listen");
    weak([](Config& c) { c.edge.limit_loopback = false; }, "client.limit_loopback");
    weak([](Config& c) { c.edge.allowed_origins = {"http://a.example"}; }, "websocket.allowed_origins");
    weak([](Config& c) { c.edge.allowed_origins = {"http://localhost.example"}; },
         "websocket.allowed_origins");
    weak([](Config& c) { c.edge.max_queue_bytes = 32 * 1024 * 1024; }, "client.max_queue");
    weak([](Config& c) { c.core.request_deadline = std::chrono::seconds(6); }, "backplane.request_deadline");
    weak([](Config& c) { c.backplane.insecure_no_keys = true; }, "backplane.insecure_no_keys");
    weak([](Config& c) { c.backplane.secret_key_file = "/etc/fairlead/broker.key"; },
         "backplane.secret_key_file");
    weak([](Config& c) { c.backplane.previous_listen = {"tcp://127.0.0.1:7002"}; },
         "backplane.previous_listen");
    weak([](Config& c) { c.log.level = fairlead::base::LogLevel::debug; }, "log.level");
    weak([](Config& c) { c.secret_files.hs256 = "", c.auth.audience = ""; }, "token.hs256_secret_file");
}

TEST_CASE("a public listener with TLS is sound", "[weak]") {
    Config config = sound();
    config.edge.listen = "0.0.0.0:443";
    config.edge.tls_certificate_file = "/etc/fairlead/server.pem";
    CHECK(weak_names(config).empty());
}

TEST_CASE("pages of this machine may be plain", "[weak]") {
    Config config = sound();
    config.edge.allowed_origins = {"http://localhost", "http://localhost:*", "http://127.0.0.1:8080",
                                   "http://[::1]:*"};
    CHECK(weak_names(config).empty());
}
