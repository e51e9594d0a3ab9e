// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <set>

#include "config/apply.h"
#include "config/check.h"
#include "config/insecure.h"
#include "config/load.h"
#include "config/table.h"

using namespace fairlead::config;
using fairlead::core::Decider;

namespace {

using Names = std::set<std::string>;

Names weak_names(const Config& config) {
    Names names;
    for (const auto& problem : weak_settings(config))
        names.insert(problem.where);
    return names;
}

void set(Config& config, const std::vector<std::string>& settings) {
    Application application(config);
    application.apply(read_overrides(settings));
    INFO(settings.front());
    REQUIRE(application.problems().empty());
}

// A configuration that has nothing weak.
Config sound() {
    Config config = strict_defaults();
    set(config, {"token.hs256_secret_file=/etc/fairlead/token.secret", "token.audience=shop",
                 "token.require_exp=true", "client.limit_loopback=true"});
    return config;
}

// An option, a value that is weak, and the one nearest to it that is not, both as --set has them.
struct Case {
    std::string name, weak, sound;
    std::vector<std::string> given = {};  // what it depends on
};

const std::vector<Case>& rows() {
    static const std::vector<Case> all{
        {"websocket.listen", "0.0.0.0:8000", "[::1]:8000"},
        {"websocket.listen", "0.0.0.0:443", "127.0.0.2:443"},
        {"websocket.tls_certificate_file", "", "/etc/fairlead/server.pem", {"websocket.listen=[::]:443"}},
        {"websocket.allowed_origins", "https://a.example,http://a.example", "https://a.example"},
        {"websocket.allowed_origins", "http://localhost.example", "http://localhost,http://[::1]:*"},
        {"websocket.trusted_proxies", "10.0.0.1,0.0.0.0/0", "10.0.0.0/8,fc00::/7"},
        {"websocket.trusted_proxies", "10.0.0.0/7", "127.0.0.1"},
        {"websocket.trusted_proxies", "::/0", "2001:db8::/32"},
        {"websocket.trusted_proxies", "::ffff:0:0/96", "::ffff:10.0.0.0/104"},
        {"websocket.proxy_protocol_from", "128.0.0.0/1", "192.0.2.1"},
        {"websocket.mailbox_entries", "655361", "655360"},
        {"client.anonymous", "true", "false"},
        {"client.insecure_token_in_url", "true", "false"},
        {"client.insecure_token_in_url_confirmed", "true", "false"},
        {"client.topics", "a.>,>", "a.>,*.read"},
        {"client.topics", "*", "a.*"},
        {"client.topics", "*.>", "a.*.>"},
        {"client.max_subscriptions", "1281", "1280"},
        {"client.ping_interval", "251s", "250s"},
        {"client.pong_timeout", "81s", "80s"},
        {"client.expiry_grace", "61s", "60s"},
        {"client.max_message", "641 KiB", "640 KiB"},
        {"client.max_fragments", "641", "640"},
        {"client.max_commands_per_message", "2561", "2560"},
        {"client.max_queue", "11 MiB", "10 MiB"},
        {"client.max_queue_age", "101s", "100s"},
        {"client.max_total_queue", "2561 MiB", "2560 MiB"},
        {"client.max_clients_per_ip", "1001", "1000"},
        {"client.max_before_connect", "10001", "10000"},
        {"client.accepts_per_ip", "201", "200"},
        {"client.accepts_per_ip_burst", "501", "500"},
        {"client.verifications_per_ip", "201", "200"},
        {"client.verifications_per_ip_burst", "1001", "1000"},
        {"client.limit_loopback", "false", "true"},
        {"client.limit_loopback", "false", "true", {"websocket.listen=[::1]:1"}},
        {"client.commands", "1001", "1000"},
        {"client.commands_burst", "2001", "2000"},
        {"client.control_frames", "101", "100"},
        {"client.control_frames_burst", "201", "200"},
        {"client.max_bytes_per_second", "11 MiB", "10 MiB"},
        {"token.hs256_secret_file", "", "/etc/fairlead/other.secret"},
        {"token.previous_hs256_secret_files", "/etc/fairlead/old.secret", ""},
        {"token.jwks_insecure_http", "true", "false"},
        {"token.jwks_insecure_http_confirmed", "true", "false"},
        {"token.jwks_refresh", "51m", "50m"},
        {"token.jwks_max_age", "241h", "240h"},
        {"token.audience", "", "shop"},
        {"client.max_history", "10001", "10000"},
        {"client.max_presence", "10001", "10000"},
        {"client.max_join_leave", "1001", "1000"},
        {"client.max_recovered", "3001", "3000"},
        {"client.max_recovered_bytes", "5121 KiB", "5120 KiB"},
        {"client.max_fanout_per_second", "161 MiB", "160 MiB"},
        {"token.issuer", "", "https://login.example", {"token.jwks_url=https://login.example/keys"}},
        {"token.issuer", "", "https://login.example", {"token.jwks_file=/etc/fairlead/keys.json"}},
        {"token.leeway", "61s", "60s"},
        {"token.require_exp", "false", "true"},
        {"backplane.secret_key_file", "/etc/fairlead/broker.key", ""},
        {"backplane.previous_listen", "tcp://127.0.0.1:7002", ""},
        {"backplane.insecure_no_keys", "true", "false"},
        {"backplane.insecure_no_keys_confirmed", "true", "false"},
        {"backplane.dead_after", "31s", "30s"},
        {"backplane.max_links", "10241", "10240"},
        {"backplane.max_backlog", "161 MiB", "160 MiB"},
        {"backplane.ban", "0s", "1s"},
        {"backplane.request_deadline", "5001ms", "5s"},
        {"backplane.request_queue", "10241", "10240"},
        {"backplane.request_queue_bytes", "41 MiB", "40 MiB"},
        {"backplane.max_leases", "1000001", "1000000"},
        {"backplane.max_attempts", "41", "40"},
        {"backplane.event_queue_bytes", "41 MiB", "40 MiB"},
        {"backplane.max_payload", "2561 KiB", "2560 KiB"},
        {"hook.deadline", "5001ms", "5s"},
        {"hook.max_concurrent", "10241", "10240"},
        {"hook.queue_commands", "1281", "1280"},
        {"hook.queue", "1281 KiB", "1280 KiB"},
        {"log.level", "debug", "info"},
    };
    return all;
}

// Options that no value makes weak, by the reason why.
const Names& harmless() {
    static const Names all{
        // The range ends at the hard maximum that ships, or soon after it.
        "websocket.tls_handshake_timeout", "websocket.max_header", "websocket.max_header_lines",
        "client.upgrade_timeout", "client.connect_timeout", "client.message_timeout", "client.linger",
        "client.max_depth", "token.max_bytes", "backplane.max_payload_depth",
        // More of it costs the operator, and gives a peer nothing: what must hold beside it is an error.
        "websocket.threads", "client.max_clients", "memory.budget", "engine.memory", "engine.metadata_age", "client.user_history_size", "client.user_history_age",
        "backplane.replies_age", "backplane.max_replies", "client.leave_delay", "session.grace", "session.user_grace", "session.vacate_delay", "backplane.heartbeat", "backplane.event_queue_age",
        "hook.cache",
        // A name, a place, or what only grants less.
        "websocket.path", "websocket.tls_key_file", "websocket.tls_client_ca_file",
        "websocket.tls_client_required", "client.send_topic", "client.max_clients_per_user", "client.user_limit", "token.hs384_secret_file",
        "token.hs512_secret_file", "token.jwks_file", "token.jwks_url", "token.jwks_ca_file",
        "backplane.previous_secret_key_file", "hook.connect", "hook.refresh", "log.format",
        // Off loopback it needs keys, or is refused unless it is said twice.
        "backplane.listen"};
    return all;
}

// What a row's weakness is listed as.
std::string listed_as(const Case& row) {
    return row.name == "websocket.tls_certificate_file" ? "websocket.listen" : row.name;
}

Names weak_with(const Case& row, const std::string& value) {
    Config config = sound();
    if (!row.given.empty()) set(config, row.given);
    set(config, {row.name + "=" + value});
    return weak_names(config);
}

Config with_namespace(fairlead::core::NamespaceOptions space) {
    Config config = sound();
    config.core.namespaces = {std::move(space)};
    return config;
}

}  // namespace

TEST_CASE("T50: a sound configuration has no weak setting", "[weak]") {
    CHECK(weak_names(sound()).empty());
}

TEST_CASE("T50: each weak setting is listed when it is weak, and only then", "[weak]") {
    for (const Case& row : rows()) {
        INFO(row.name << " = " << row.weak << ", and = " << row.sound);
        CHECK(weak_with(row, row.weak) == Names{listed_as(row)});
        CHECK(weak_with(row, row.sound).empty());
    }
}

TEST_CASE("T50: each option of the table can be weak in one way or has been found harmless", "[weak]") {
    Names weak;
    for (const Case& row : rows())
        weak.insert(row.name);
    for (const auto& row : table()) {
        INFO(name_of(row)
             << ": a new option needs a row above, and a line in weak*.cpp, or a place in harmless()");
        CHECK(weak.count(name_of(row)) + harmless().count(name_of(row)) == 1);
        if (row.key.find("insecure") != std::string_view::npos) CHECK(weak.count(name_of(row)) == 1);
    }
    CHECK(weak.size() + harmless().size() == table().size());
}

TEST_CASE("T50: each weak setting says what to write", "[weak]") {
    Config config = sound();
    for (const Case& row : rows())
        set(config, {row.name + "=" + row.weak});
    for (const auto& problem : weak_settings(config)) {
        INFO(line_of(problem));
        CHECK(problem.what.find(';') != std::string::npos);
        CHECK(line_of(problem).size() < 240);
    }
}

TEST_CASE("the development profile says what it opens", "[weak]") {
    CHECK(weak_names(*load({}).config) ==
          Names{"client.anonymous", "client.topics", "namespace \"*\"", "namespace \"\""});
}

TEST_CASE("without a key nobody comes in, whatever else is set", "[weak]") {
    Config config = sound();
    set(config, {"token.hs256_secret_file="});
    CHECK(weak_names(config) == Names{"token.hs256_secret_file"});
    set(config, {"client.anonymous=true", "token.audience="});
    CHECK(weak_names(config) == Names{"client.anonymous"});
}

TEST_CASE("a proxy on this machine that tells of its clients is sound", "[weak]") {
    for (const char* setting :
         {"websocket.trusted_proxies=127.0.0.1", "websocket.proxy_protocol_from=127.0.0.1"}) {
        Config config = sound();
        set(config, {"client.limit_loopback=false", setting});
        CHECK(weak_names(config).empty());
    }
}

TEST_CASE("T50: namespaces that let everybody do what few should are listed", "[weak]") {
    const auto listed = [](fairlead::core::NamespaceOptions space) {
        const std::string name = space.name;
        const Names names = weak_names(with_namespace(std::move(space)));
        CHECK((names.empty() || names == Names{"namespace \"" + name + "\""}));
        return !names.empty();
    };
    const std::vector<Decider> nobody{Decider::nobody}, user{Decider::user}, anyone{Decider::anyone};
    const std::vector<Decider> filtered{Decider::anyone, Decider::hook},
        unfiltered{Decider::hook, Decider::anyone};
    CHECK(listed({"a", user, anyone}));
    CHECK(listed({"a", user, unfiltered}));
    CHECK_FALSE(listed({"a", user, filtered}));
    CHECK_FALSE(listed({"a", anyone, user, anyone, anyone}));
    CHECK(listed({"*", anyone, nobody}));
    CHECK(listed({"*", user, user}));
    CHECK(listed({"*", user, nobody, anyone}));
    CHECK(listed({"*", user, nobody, user, anyone}));
    CHECK_FALSE(listed({"*", user, nobody, user, user}));
    CHECK_FALSE(listed({"*", filtered, filtered, user, user}));
}

TEST_CASE("T50: permissions that grant everything to everybody are listed", "[weak]") {
    const auto listed = [](fairlead::core::PermissionOptions permission) {
        Config config = sound();
        config.core.permissions = {{{"ada"}, {}, {}, {"a.*"}, {}, {}}, std::move(permission)};
        const Names names = weak_names(config);
        CHECK((names.empty() || names == Names{"permission 2"}));
        return !names.empty();
    };
    CHECK(listed({{"*"}, {}, {}, {">"}, {}, {}}));
    CHECK(listed({{"*"}, {}, {}, {}, {"*"}, {}}));
    CHECK(listed({{"a", "*"}, {}, {}, {}, {}, {"b", "*"}}));
    CHECK(listed({{"*"}, {}, {}, {}, {}, {}, {"*"}}));
    CHECK(listed({{"*"}, {}, {}, {}, {}, {}, {}, {"*"}}));
    CHECK_FALSE(listed({{"*"}, {}, {}, {"a.>"}, {"chat:*"}, {"chat:*"}}));
    CHECK_FALSE(listed({{"admin-*"}, {}, {}, {">"}, {"*"}, {"*"}}));
    CHECK_FALSE(listed({{"*"}, {"admin"}, {}, {">"}, {"*"}, {"*"}}));
    CHECK_FALSE(listed({{"*"}, {}, {{"role", "admin"}}, {">"}, {"*"}, {"*"}}));
}

TEST_CASE("T50: services that may do everything are listed", "[weak]") {
    using Rights = fairlead::backplane::ServiceRights;
    const auto listed = [](std::vector<std::string> Rights::*what, std::vector<std::string> patterns) {
        Rights rights;
        rights.name = "orders";
        rights.*what = std::move(patterns);
        Config config = sound();
        config.backplane.secret_key_file = "/etc/fairlead/broker.key";
        config.backplane.services = {rights};
        const Names names = weak_names(config);
        CHECK((names.empty() || names == Names{"service \"orders\""}));
        return !names.empty();
    };
    for (auto topics : {&Rights::topics, &Rights::listens, &Rights::calls, &Rights::emits}) {
        CHECK(listed(topics, {"a.b", ">"}));
        CHECK(listed(topics, {"*.*"}));
        CHECK_FALSE(listed(topics, {"a.>", "*.b"}));
    }
    CHECK(listed(&Rights::channels, {"*"}));
    CHECK_FALSE(listed(&Rights::channels, {"shop:*", "user:*"}));
}
