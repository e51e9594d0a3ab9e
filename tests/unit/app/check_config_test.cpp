// SPDX-License-Identifier: Apache-2.0
#include "app/check_config.h"

#include <catch2/catch.hpp>
#include <sstream>

using namespace fairlead::app;

namespace {

CommandLine with(std::vector<std::string> overrides) {
    CommandLine line;
    line.overrides = std::move(overrides);
    return line;
}

}  // namespace

TEST_CASE("a sound configuration is printed with its origins, weak settings beside it", "[check_config]") {
    std::ostringstream out;
    std::ostringstream errors;
    CHECK(check_config(with({"client.max_depth=10"}), out, errors) == 0);
    CHECK(out.str().find("max_depth = 10  # --set\n") != std::string::npos);
    CHECK(errors.str().find("weak: client.anonymous:") != std::string::npos);
    CHECK(errors.str().find("development profile") != std::string::npos);
}

TEST_CASE("all that is wrong is printed, a line each, and nothing else", "[check_config]") {
    std::ostringstream out;
    std::ostringstream errors;
    CHECK(check_config(with({"client.max_depth=0", "websocket.listen=0.0.0.0:1"}), out, errors) == 1);
    CHECK(out.str().empty());
    const auto text = errors.str();
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    CHECK(text.rfind("error: --set: client.max_depth: ", 0) == 0);
}

TEST_CASE("a broker gets no configuration that is wrong", "[check_config]") {
    std::ostringstream errors;
    CHECK(load_config(with({}), errors));
    CHECK(errors.str().empty());
    CHECK_FALSE(load_config(with({"client.max_depth=0"}), errors));
}
