// SPDX-License-Identifier: Apache-2.0
#include "core/profile.h"

#include <catch2/catch.hpp>
#include <string>

namespace fairlead::core {
namespace {

TEST_CASE("a profile gives each part back as it came", "[profile]") {
    const std::string part = GENERATE("", "x", "longer than any short string would be");
    const Profile profile(part, "s", part, std::string("\0m", 2));
    CHECK(profile.address() == part);
    CHECK(profile.session() == "s");
    CHECK(profile.conn_info() == part);
    CHECK(profile.meta() == std::string("\0m", 2));
    CHECK(Profile().meta().empty());
    CHECK(Profile("", "", "", "").address().empty());
}

}  // namespace
}  // namespace fairlead::core
