// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <catch2/catch.hpp>

#include "config/development.h"
#include "config/table.h"
#include "unit/config/folder.h"

using namespace fairlead::config;
using test::Folder;

namespace {

std::string lines_of(const Problems& problems) {
    std::string all;
    for (const auto& problem : problems)
        all += line_of(problem) + "\n";
    return all;
}

Config loaded(const Inputs& inputs) {
    auto result = load(inputs);
    INFO(lines_of(result.problems));
    REQUIRE(result.config);
    return std::move(*result.config);
}

}  // namespace

TEST_CASE("a later source wins over an earlier one", "[load]") {
    const Folder folder;
    Inputs inputs;
    inputs.file =
        folder.write("a.toml", "[client]\nmax_depth = 10\nmax_fragments = 10\nmax_subscriptions = 10\n");
    inputs.variables = {{"FAIRLEAD_CLIENT_MAX_FRAGMENTS", "20"}, {"FAIRLEAD_CLIENT_MAX_SUBSCRIPTIONS", "20"}};
    inputs.overrides = {"client.max_subscriptions=30", "client.max_subscriptions=31"};
    const Config config = loaded(inputs);
    CHECK(config.edge.max_depth == 10);
    CHECK(config.edge.max_fragments == 20);
    CHECK(config.core.max_subscriptions == 31);
    CHECK(config.edge.max_header_lines == 64);
    CHECK(config.origins.at("client.max_depth") == *inputs.file + ":2:1");
    CHECK(config.origins.at("client.max_fragments") == "FAIRLEAD_CLIENT_MAX_FRAGMENTS");
    CHECK(config.origins.at("client.max_subscriptions") == "--set");
    CHECK(config.origins.count("websocket.max_header_lines") == 0);
}

TEST_CASE("a start without a file runs on the development profile", "[load]") {
    const Config config = loaded({});
    CHECK(config.development);
    CHECK(config.core.anonymous);
    CHECK(config.core.topics == std::vector<std::string>{">"});
    REQUIRE(config.core.namespaces.size() == 2);
    for (const auto& space : config.core.namespaces) {
        CHECK(space.subscribe == std::vector{fairlead::core::Decider::anyone});
        CHECK(space.publish == std::vector{fairlead::core::Decider::anyone});
    }
    CHECK(config.core.namespaces[0].name.empty());
    CHECK(config.core.namespaces[1].name == "*");
    CHECK(config.edge.listen == "127.0.0.1:8000");
    CHECK(config.backplane.listen == std::vector<std::string>{"tcp://127.0.0.1:7000"});
    CHECK(config.edge.allowed_origins.size() == 6);
}

TEST_CASE("environment and flags lie over the development profile", "[load]") {
    Inputs inputs;
    inputs.variables = {{"FAIRLEAD_CLIENT_ANONYMOUS", "false"}};
    inputs.overrides = {"websocket.listen=127.0.0.1:0", "backplane.listen=tcp://127.0.0.1:*"};
    const Config config = loaded(inputs);
    CHECK(config.development);
    CHECK_FALSE(config.core.anonymous);
    CHECK(config.edge.listen == "127.0.0.1:0");
}

TEST_CASE("an empty file is strict", "[load]") {
    const Folder folder;
    Inputs inputs;
    inputs.file = folder.write("empty.toml", "");
    const Config config = loaded(inputs);
    CHECK_FALSE(config.development);
    CHECK_FALSE(config.core.anonymous);
    CHECK(config.core.namespaces.empty());
}

TEST_CASE("with a file the WebSocket side may listen off loopback", "[load]") {
    const Folder folder;
    Inputs inputs;
    inputs.file = folder.write("a.toml", "[websocket]\nlisten = \"0.0.0.0:8000\"\n");
    CHECK(loaded(inputs).edge.listen == "0.0.0.0:8000");
}

TEST_CASE("a file that cannot be read says why", "[load]") {
    const Folder folder;
    Inputs inputs;
    inputs.file = folder.path("missing.toml");
    CHECK(lines_of(load(inputs).problems).find("No such file") != std::string::npos);
    inputs.file = folder.path("");
    CHECK(lines_of(load(inputs).problems).find("is a directory") != std::string::npos);
    inputs.file = folder.write("large.toml", std::string(1024 * 1024 + 1, '#'));
    CHECK(lines_of(load(inputs).problems).find("larger than 1 MiB") != std::string::npos);
    inputs.file = folder.write("binary.toml", std::string("\xff\xfe\0\1", 4));
    CHECK(load(inputs).problems.size() == 1);
    inputs.file = folder.write("deep.toml", "a = " + std::string(100'000, '['));
    CHECK(load(inputs).problems.size() == 1);
}

TEST_CASE("variables of other programs are left alone", "[load]") {
    Inputs inputs;
    inputs.variables = {{"FAIRLEAD_SDK_BROKERS", "tcp://127.0.0.1:7000"},
                        {"FAIRLEAD_BIN_DIR", "/bin"},
                        {"FAIRLEAD_NO_INSTALL", "1"},
                        {"FAIRLEAD_SERVICE_HOST", "10.0.0.1"},
                        {"FAIRLEAD_SERVICE_PORT", "8000"},
                        {"FAIRLEAD_SERVICE_PORT_WEBSOCKET", "8000"},
                        {"FAIRLEAD_PORT", "tcp://10.0.0.1:8000"},
                        {"FAIRLEAD_PORT_8000_TCP_ADDR", "10.0.0.1"},
                        {"FAIRLEAD_BACKPLANE_SERVICE_HOST", "10.0.0.1"},
                        {"FAIRLEAD", "x"},
                        {"fairlead_log_level", "x"},
                        {"PATH", "/bin"}};
    CHECK(load(inputs).problems.empty());
}

TEST_CASE("lists come from variables and flags with commas or as TOML", "[load]") {
    for (const char* text : {"a.*,b.>", "a.*, b.>", "[\"a.*\", \"b.>\"]"}) {
        Inputs inputs;
        inputs.overrides = {std::string("client.topics=") + text};
        INFO(text);
        CHECK(loaded(inputs).core.topics == std::vector<std::string>{"a.*", "b.>"});
    }
    Inputs none;
    none.overrides = {"client.topics="};
    CHECK(loaded(none).core.topics.empty());
}

TEST_CASE("a value may hold equals signs and dots", "[load]") {
    Inputs inputs;
    inputs.overrides = {"token.audience=a=b.c"};
    CHECK(loaded(inputs).auth.audience == "a=b.c");
}

TEST_CASE("a relative path in a file starts at the file's folder", "[load]") {
    const Folder folder;
    Inputs inputs;
    const auto secret = folder.write("token.secret", std::string(32, 's'));
    inputs.file = folder.write("a.toml", "[token]\nhs256_secret_file = \"token.secret\"\n");
    const Config config = loaded(inputs);
    CHECK(config.secret_files.hs256 == secret);
    CHECK(config.auth.hs256_secret == std::string(32, 's'));
}

TEST_CASE("each secret file is read for its own algorithm", "[load]") {
    const Folder folder;
    Inputs inputs;
    const auto write = [&](char letter, std::size_t size) {
        return folder.write(std::string(1, letter), std::string(size, letter));
    };
    inputs.overrides = {"token.hs256_secret_file=" + write('a', 32),
                        "token.hs384_secret_file=" + write('b', 48),
                        "token.hs512_secret_file=" + write('c', 64),
                        "token.previous_hs256_secret_files=" + write('d', 32) + "," + write('e', 33)};
    const Config config = loaded(inputs);
    CHECK(config.auth.hs256_secret == std::string(32, 'a'));
    CHECK(config.auth.hs384_secret == std::string(48, 'b'));
    CHECK(config.auth.hs512_secret == std::string(64, 'c'));
    CHECK(config.auth.previous_hs256_secrets == std::vector{std::string(32, 'd'), std::string(33, 'e')});
    write('a', 31);
    write('b', 47);
    write('c', 63);
    write('e', 31);
    CHECK(load(inputs).problems.size() == 4);
}

TEST_CASE("a relative path in a flag starts at the working directory", "[load]") {
    Inputs inputs;
    inputs.overrides = {"token.hs256_secret_file=no.secret"};
    const auto result = load(inputs);
    CHECK(lines_of(result.problems).find(std::filesystem::current_path().string() + "/no.secret") !=
          std::string::npos);
}

TEST_CASE("a reload names what it cannot take over", "[load]") {
    Inputs inputs;
    const Config running = loaded(inputs);
    CHECK(needs_restart(running, running).empty());
    inputs.overrides = {"client.max_subscriptions=10", "log.level=debug"};
    CHECK(needs_restart(running, loaded(inputs)).empty());
    inputs.overrides = {"client.max_subscriptions=10", "websocket.path=/ws", "backplane.max_links=2"};
    CHECK(needs_restart(running, loaded(inputs)) ==
          std::vector<std::string>{"websocket.path", "backplane.max_links"});
}

TEST_CASE("a reload leaves what it cannot take over as it is", "[load]") {
    Inputs inputs;
    const Config running = loaded(inputs);
    inputs.overrides = {"client.max_subscriptions=10", "websocket.path=/ws"};
    const Config config = reloaded(running, loaded(inputs));
    CHECK(config.core.max_subscriptions == 10);
    CHECK(config.edge.path == running.edge.path);
}
