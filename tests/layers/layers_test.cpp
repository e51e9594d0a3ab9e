// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "layers/arrows.h"
#include "layers/include_lines.h"

namespace {

using fairlead::layers::read_include_lines;
using fairlead::layers::SourceFile;
using fairlead::layers::wrong_arrows;

std::vector<std::string> wrong_of(const char* path, const char* include) {
    return wrong_arrows({SourceFile{path, {include}}});
}

}  // namespace

TEST_CASE("the tree's include lines follow the arrows", "[layers]") {
    const auto files = read_include_lines(FAIRLEAD_SOURCE_DIR);
    REQUIRE(files.size() > 20);
    for (const auto& sentence : wrong_arrows(files))
        CHECK(sentence == "");
}

TEST_CASE("right arrows are let through", "[layers]") {
    CHECK(wrong_of("sdk/wire/frame.h", "base/clock.h").empty());
    CHECK(wrong_of("broker/edge/json/scan.cpp", "edge/json/scan.h").empty());
    CHECK(wrong_of("broker/edge/listener.cpp", "core/ports.h").empty());
    CHECK(wrong_of("broker/config/table.cpp", "edge/options.h").empty());
    CHECK(wrong_of("tools/cli/call.cpp", "fairlead/fairlead.h").empty());
    CHECK(wrong_of("tools/bench/main.cpp", "client/url.h").empty());
    CHECK(wrong_of("sdk/include/fairlead/value.h", "msgpack.hpp").empty());
    CHECK(wrong_of("sdk/base/zmq_fd.cpp", "zmq.h").empty());
    CHECK(wrong_of("sdk/testing/bench.h", "backplane/gateway.h").empty());
    CHECK(wrong_of("sdk/testing/host_memory.h", "src/host.h").empty());
}

TEST_CASE("wrong arrows between rooms are found", "[layers]") {
    CHECK(wrong_of("sdk/base/clock.h", "wire/frame.h").size() == 1);
    CHECK(wrong_of("sdk/wire/frame.h", "core/ports.h").size() == 1);
    CHECK(wrong_of("broker/core/broker.cpp", "edge/options.h").size() == 1);
    CHECK(wrong_of("broker/edge/listener.cpp", "backplane/gateway.h").size() == 1);
    CHECK(wrong_of("broker/edge/listener.cpp", "config/table.h").size() == 1);
    CHECK(wrong_of("broker/config/table.cpp", "edge/listener.h").size() == 1);
    CHECK(wrong_of("broker/core/broker.cpp", "fairlead/fairlead.h").size() == 1);
    CHECK(wrong_of("examples/01_hello.cpp", "wire/frame.h").size() == 1);
    CHECK(wrong_of("tools/client/url.cpp", "fairlead/fairlead.h").size() == 1);
    CHECK(wrong_of("sdk/include/fairlead/service.h", "base/mailbox.h").size() == 1);
    CHECK(wrong_of("sdk/include/fairlead/service.h", "src/link.h").size() == 1);
    CHECK(wrong_of("sdk/include/fairlead/testing.h", "testing/bench.h").size() == 1);
    CHECK(wrong_of("sdk/src/core.cpp", "testing/bench.h").size() == 1);
    CHECK(wrong_of("broker/app/app.cpp", "testing/bench.h").size() == 1);
    CHECK(wrong_of("sdk/testing/bench.cpp", "app/app.h").size() == 1);
}

TEST_CASE("libraries that a room must not see are found", "[layers]") {
    for (const char* include : {"zmq.h", "zmq.hpp", "zmq_addon.hpp", "asio.hpp", "asio/ip/tcp.hpp",
                                "websocketpp/frame.hpp", "openssl/evp.h", "spdlog/spdlog.h"}) {
        INFO(include);
        CHECK(wrong_of("sdk/include/fairlead/service.h", include).size() == 1);
        CHECK(wrong_of("broker/core/broker.cpp", include).size() == 1);
    }
    CHECK(wrong_of("broker/backplane/gateway.cpp", "websocketpp/frame.hpp").size() == 1);
    CHECK(wrong_of("broker/config/file.cpp", "toml++/toml.h").empty());
    CHECK(wrong_of("broker/core/file.cpp", "toml++/toml.h").size() == 1);
}

TEST_CASE("the WebSocket library stays in one .cpp", "[layers]") {
    const SourceFile header{"broker/edge/transport.h", {"websocketpp/connection.hpp"}};
    const SourceFile outer{"broker/edge/connection.h", {"edge/transport.h"}};
    const SourceFile first{"broker/edge/session.cpp", {"edge/connection.h"}};
    const SourceFile second{"broker/edge/listener.cpp", {"edge/connection.h"}};
    CHECK(wrong_arrows({header, outer, first}).empty());
    CHECK(wrong_arrows({second, outer, header, first}).size() == 1);
}

TEST_CASE("include lines are read from files as the compiler reads them", "[layers]") {
    namespace fs = std::filesystem;
    const auto root = fs::temp_directory_path() / "fairlead_layers_test";
    fs::remove_all(root);
    fs::create_directories(root / "broker/core");
    fs::create_directories(root / "examples/node_modules/x");
    std::ofstream{root / "examples/node_modules/x/x.cpp"} << "#include \"wire/frame.h\"\n";
    std::ofstream{root / "broker/core/a.cpp"} << "// #include \"no/no.h\"\n"
                                              << "  #  include <edge/listener.h>  // why\n"
                                              << "#include\"core/a.h\"\n#define include 1\n";
    const auto files = read_include_lines(root);
    fs::remove_all(root);
    REQUIRE(files.size() == 1);
    CHECK(files[0].path == "broker/core/a.cpp");
    CHECK(files[0].includes == std::vector<std::string>{"edge/listener.h", "core/a.h"});
    CHECK(wrong_arrows(files).size() == 1);
}
