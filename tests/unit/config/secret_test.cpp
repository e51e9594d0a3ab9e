// SPDX-License-Identifier: Apache-2.0
#include "config/secret.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "unit/config/folder.h"

using namespace fairlead::config;
using test::Folder;

namespace {

const std::string kBytes = "0123456789abcdef0123456789abcdef";

}  // namespace

TEST_CASE("a secret is the file's bytes as they are, without one newline", "[secret]") {
    const Folder folder;
    CHECK(read_secret(folder.write("a", kBytes), 32).value == kBytes);
    CHECK(read_secret(folder.write("b", kBytes + "\n"), 32).value == kBytes);
    CHECK(read_secret(folder.write("c", kBytes + "\r\n"), 32).value == kBytes);
    CHECK(read_secret(folder.write("d", kBytes + "\n\n"), 32).value == kBytes + "\n");
    CHECK(read_secret(folder.write("e", kBytes + " \t"), 32).value == kBytes + " \t");
    CHECK(read_secret(folder.write("f", kBytes + kBytes), 32).value == kBytes + kBytes);
    const std::string binary = kBytes + std::string("\0\xff", 2);
    CHECK(read_secret(folder.write("g", binary), 32).value == binary);
    CHECK(read_secret(folder.write("h", std::string(4096, 'x') + "\r\n"), 32).value ==
          std::string(4096, 'x'));
}

TEST_CASE("a secret that others may read is refused", "[secret]") {
    const Folder folder;
    for (const mode_t mode : {0400U, 0600U, 0700U})
        CHECK(read_secret(folder.write("a", kBytes, mode), 32).value);
    for (const mode_t mode : {0640U, 0604U, 0644U, 0660U, 0610U, 0602U, 0777U}) {
        const auto secret = read_secret(folder.write("a", kBytes, mode), 32);
        INFO(mode);
        CHECK_FALSE(secret.value);
        CHECK(secret.why.find("chmod 600") != std::string::npos);
    }
}

TEST_CASE("a secret that is too short or too long is refused, and none of its bytes shown", "[secret]") {
    const Folder folder;
    for (const std::string& bytes :
         {std::string(), kBytes.substr(1), kBytes.substr(1) + "\n", std::string(4097, 'q')}) {
        const auto secret = read_secret(folder.write("a", bytes), 32);
        CHECK_FALSE(secret.value);
        CHECK((bytes.size() < 8 || secret.why.find(bytes.substr(0, 8)) == std::string::npos));
    }
}

TEST_CASE("what is no file is refused and never waited for", "[secret]") {
    const Folder folder;
    CHECK_FALSE(read_secret(folder.path("missing"), 32).value);
    CHECK_FALSE(read_secret(folder.path(""), 32).value);
    CHECK_FALSE(read_secret("/dev/zero", 32).value);
    REQUIRE(::mkfifo(folder.path("fifo").c_str(), 0600) == 0);
    CHECK_FALSE(read_secret(folder.path("fifo"), 32).value);
    folder.write("real", kBytes);
    REQUIRE(::symlink(folder.path("real").c_str(), folder.path("link").c_str()) == 0);
    CHECK(read_secret(folder.path("link"), 32).value == kBytes);
}
