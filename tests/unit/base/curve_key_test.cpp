// SPDX-License-Identifier: Apache-2.0
#include "base/curve_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace fairlead::base;

namespace {

/// A folder of its own, gone with the test.
struct Folder {
    Folder() {
        char name[] = "/tmp/fairlead-key-XXXXXX";
        path = ::mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const char* name) const { return path + "/" + name; }
    std::string write(const std::string& text, mode_t mode = 0600) const {
        std::ofstream(file("key")) << text;
        ::chmod(file("key").c_str(), mode);
        return file("key");
    }
    std::string path;
};

std::string content(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string secret_line(const std::string& text) {
    const auto begin = text.find("secret_key = \"") + 14;
    return text.substr(begin, text.find('"', begin) - begin);
}

std::string why(const std::string& path) {
    auto read = read_key_file(path);
    return std::holds_alternative<std::string>(read) ? std::get<std::string>(read) : std::string();
}

}  // namespace

TEST_CASE("a key file gives back the key that was written", "[curve]") {
    Folder folder;
    const SecretKey key = SecretKey::make();
    const std::string path = folder.file("a.key");
    REQUIRE(write_key_file(path, key).empty());
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
    auto read = read_key_file(path);
    REQUIRE(std::holds_alternative<SecretKey>(read));
    CHECK(std::get<SecretKey>(read).public_key() == key.public_key());
    CHECK(valid_public_key(key.public_key()));
    CHECK(public_key_text(public_key_bytes(key.public_key())) == key.public_key());
    CHECK(SecretKey::make().public_key() != key.public_key());
}

TEST_CASE("a file that is there is not written over", "[curve]") {
    Folder folder;
    const std::string path = folder.write("mine");
    CHECK_THAT(write_key_file(path, SecretKey::make()), Catch::Contains(path));
    CHECK(content(path) == "mine");
}

TEST_CASE("a umask neither opens nor spoils the file", "[curve]") {
    Folder folder;
    const mode_t mask = GENERATE(mode_t{0}, mode_t{0777});
    const mode_t before = ::umask(mask);
    const std::string why = write_key_file(folder.file("a.key"), SecretKey::make());
    ::umask(before);
    REQUIRE(why.empty());
    struct stat status {};
    REQUIRE(::stat(folder.file("a.key").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("T41: a key file that others may touch is refused", "[curve]") {
    Folder folder;
    const std::string path = folder.file("a.key");
    REQUIRE(write_key_file(path, SecretKey::make()).empty());
    for (mode_t mode : {0644, 0640, 0604, 0660, 0610, 0601}) {
        CAPTURE(mode);
        REQUIRE(::chmod(path.c_str(), mode) == 0);
        CHECK_THAT(why(path), Catch::Contains("chmod 600 " + path));
    }
    for (mode_t mode : {0600, 0400}) {
        REQUIRE(::chmod(path.c_str(), mode) == 0);
        CHECK(why(path).empty());
    }
}

TEST_CASE("T41: what is wrong with a key file is said without its content", "[curve]") {
    Folder folder;
    const std::string path = folder.file("a.key");
    REQUIRE(write_key_file(path, SecretKey::make()).empty());
    const std::string secret = secret_line(content(path));
    REQUIRE(secret.size() == kKeyChars);
    for (const std::string& text :
         {std::string(), std::string("nonsense"), secret, "secret_key = \"" + secret.substr(1) + "\"\n",
          "secret_key = \"" + secret + "x\"\n", "secret_key = \"~" + secret.substr(1) + "\"\n",
          "public_key = \"" + SecretKey::make().public_key() + "\"\nsecret_key = \"" + secret + "\"\n",
          std::string(5000, '#') + "\nsecret_key = \"" + secret + "\"\n"}) {
        const std::string said = why(folder.write(text));
        CHECK_FALSE(said.empty());
        CHECK(said.find(secret.substr(1, 20)) == std::string::npos);
    }
    CHECK_THAT(why(folder.file("none")), Catch::Contains("cannot be read"));
    CHECK_THAT(why(folder.path), Catch::Contains("no regular file"));
    CHECK(why(folder.write("# hello\nsecret_key = \"" + secret + "\"")).empty());
}

TEST_CASE("what is no key is none", "[curve]") {
    const std::string key = SecretKey::make().public_key();
    CHECK(valid_public_key(key));
    for (const std::string& text : {std::string(), key.substr(1), key + "a", "\"" + key.substr(1),
                                    std::string(40, '\0'), std::string(40, '#'), std::string(40, '\xc3')}) {
        CHECK_FALSE(valid_public_key(text));
        CHECK_FALSE(SecretKey::parse(text));
    }
}

TEST_CASE("T41: a secret is wiped where it was", "[curve]") {
    std::string text(40, 'x');
    const char* place = text.data();
    wipe(text);
    CHECK(text.empty());
    CHECK(std::string(place, 39) == std::string(39, '\0'));
    SecretKey key = SecretKey::make();
    const std::string name = key.public_key();
    const SecretKey moved = std::move(key);
    CHECK(moved.public_key() == name);
    const auto left = key.bytes();  // NOLINT(bugprone-use-after-move): that is the question
    CHECK(std::all_of(left.begin(), left.end(), [](unsigned char byte) { return byte == 0; }));
}
