// SPDX-License-Identifier: Apache-2.0
#include "cli/token.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "cli/jwt.h"

namespace fairlead::cli {
namespace {

/// A file that is gone with this object.
class TempFile {
public:
    explicit TempFile(const std::string& content) {
        const int fd = ::mkstemp(path_.data());
        ::close(fd);
        std::ofstream(path_) << content;
    }
    ~TempFile() { ::unlink(path_.c_str()); }
    const std::string& path() const { return path_; }

private:
    std::string path_ = "/tmp/fairlead-secret-XXXXXX";
};

const std::string kSecret = "0123456789abcdef0123456789abcdef";

TEST_CASE("base64 for URLs has its own letters and no padding", "[jwt]") {
    CHECK(base64url("") == "");
    CHECK(base64url("a") == "YQ");
    CHECK(base64url("ab") == "YWI");
    CHECK(base64url("\xfb\xff\xfe") == "-__-");
}

TEST_CASE("a token is signed as another library signs it", "[jwt]") {
    CHECK(sign_hs256(R"({"sub":"user-7"})", kSecret) ==
          "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c2VyLTcifQ."
          "xcKPYRv9ucJL93V17ea4cYsIRhFgSAFSWDNJvxg3gX8");
}

TEST_CASE("claims hold what was asked and no more", "[token]") {
    Token token;
    token.user = "a\"b";
    CHECK(*token.claims(1000) == R"({"sub":"a\"b","iat":1000,"exp":4600})");
    token.lifetime_seconds = 0;
    CHECK(*token.claims(1000) == R"({"sub":"a\"b","iat":1000})");
    token.user = "u";
    token.session = "s";
    token.audience = "x";
    token.issuer = "y";
    token.info = R"({"name":"n"})";
    token.meta = R"({"role":1})";
    CHECK(*token.claims(1) ==
          R"({"sub":"u","iat":1,"sid":"s","aud":"x","iss":"y","info":{"name":"n"},"meta":{"role":1}})");
}

TEST_CASE("wrong claims are named", "[token]") {
    Token token;
    token.info = "{";
    CHECK(token.claims(1).error().text.find("--info") == 0);
    token.info = "7";
    CHECK(token.claims(1));
    token.meta = "7";
    CHECK(token.claims(1).error().text.find("--meta") == 0);
    token.meta.clear();
    token.user = std::string(251, 'u');
    CHECK(token.claims(1).error().text.find("--user") == 0);
}

TEST_CASE("the secret is the file without one newline", "[token]") {
    CHECK(*read_secret(TempFile(kSecret).path()) == kSecret);
    CHECK(*read_secret(TempFile(kSecret + "\n").path()) == kSecret);
    CHECK(*read_secret(TempFile(kSecret + "\r\n").path()) == kSecret);
    CHECK(*read_secret(TempFile(kSecret + "\n\n").path()) == kSecret + "\n");
    CHECK(read_secret(TempFile("short").path()).error().text.find("32 bytes") != std::string::npos);
    CHECK(read_secret("/nonexistent/secret").error().text.find("/nonexistent/secret") != std::string::npos);
}

}  // namespace
}  // namespace fairlead::cli
