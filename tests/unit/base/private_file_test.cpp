// SPDX-License-Identifier: Apache-2.0
#include "base/private_file.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <initializer_list>

using namespace fairlead::base;

namespace {

bool open_with(const char* path, mode_t mode) {
    struct stat status {};
    status.st_mode = S_IFREG | mode;
    return open_to_others(path, status);
}

// $CREDENTIALS_DIRECTORY as long as the object lives.
class Credentials {
public:
    explicit Credentials(const char* folder) { ::setenv("CREDENTIALS_DIRECTORY", folder, 1); }
    ~Credentials() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;
};

}  // namespace

TEST_CASE("T41: a secret lies in a file that only its owner may touch", "[private_file]") {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    for (mode_t mode : {0600, 0400, 0700, 0000})
        CHECK_FALSE(open_with("/etc/fairlead/a", mode));
    for (mode_t mode : {0640, 0604, 0610, 0601, 0620, 0602, 0440, 0444})
        CHECK(open_with("/etc/fairlead/a", mode));
}

TEST_CASE("T41: the group of a credential of systemd may seem to read", "[private_file]") {
    const Credentials credentials("/run/credentials/fairlead-broker.service");
    CHECK_FALSE(open_with("/run/credentials/fairlead-broker.service/token.secret", 0440));
    CHECK_FALSE(open_with("/run/credentials/fairlead-broker.service/token.secret", 0400));
    for (mode_t mode : {0444, 0404, 0460, 0450, 0441, 0442})
        CHECK(open_with("/run/credentials/fairlead-broker.service/token.secret", mode));
    for (const char* path : {"/etc/fairlead/token.secret", "/run/credentials/fairlead-broker.service",
                             "/run/credentials/fairlead-broker.service.d/a", "/run/credentials/other.service/a",
                             "/run/credentials/fairlead-broker.service/../a",
                             "/run/credentials/fairlead-broker.service/a/../../../../etc/a"})
        CHECK(open_with(path, 0440));
}

TEST_CASE("T41: what is no folder of credentials opens nothing", "[private_file]") {
    for (const char* folder : {"", "/", "etc", "/etc/"}) {
        const Credentials credentials(folder);
        CHECK(open_with("/etc/a", 0440));
        CHECK(open_with("etc/a", 0440));
    }
}
