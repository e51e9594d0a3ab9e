// SPDX-License-Identifier: Apache-2.0
#include "cli/token.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "cli/jwt.h"
#include "support/signing_key.h"

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
    CHECK(*Signer{"HS256", kSecret, {}, {}}.sign(R"({"sub":"user-7"})") ==
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

TEST_CASE("a subscription token has its channel, and any claim may be added", "[token]") {
    Token token;
    token.user = "u";
    token.channel = "news:eu";
    token.client = "c-1";
    token.lifetime_seconds = 0;
    token.grant_seconds = 60;
    token.labels = {"a", "b\""};
    token.more = {"age=7", "role=boss", "list=[\"x\"]", "text=\"7\"", "empty=", "e=a=b"};
    CHECK(*token.claims(1) ==
          R"({"sub":"u","iat":1,"expire_at":61,"channel":"news:eu","client":"c-1","labels":["a","b\""],)"
          R"("age":7,"role":"boss","list":["x"],"text":"7","empty":"","e":"a=b"})");
    token.grant_seconds = 0;
    CHECK(token.claims(1)->find(R"("expire_at":0,)") != std::string::npos);
    for (const char* wrong : {"sub=x", "channel=d", "age=1", "=1", "age"}) {
        token.more = {"age=7", wrong};
        CHECK(token.claims(1).error().text.find("--claim") == 0);
    }
    token.more.clear();
    token.channel.clear();
    CHECK(token.claims(1).error().text.find("--client") == 0);
}

std::string sign(const std::string& algorithm, const std::string& secret, const std::string& key) {
    const auto token = Signer{algorithm, secret, key, "k\"1"}.sign("{}");
    return token ? *token : token.error().text;
}

TEST_CASE("the algorithm is the key's", "[jwt]") {
    const auto begins = [](const std::string& token, const std::string& algorithm) {
        const std::string header = "{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\",\"kid\":\"k\\\"1\"}";
        return token.find(base64url(header) + "." + base64url("{}") + ".") == 0;
    };
    for (const char* name : {"RS256", "ES256", "ES384", "EdDSA"}) {
        const std::string pem = test::SigningKey(name).private_pem();
        CHECK(begins(sign("", "", pem), name));
        CHECK(begins(sign(name, "", pem), name));
        CHECK(sign("HS256", "", pem).find(std::string("the key is for ") + name) == 0);
        CHECK(begins(sign("PS256", "", pem), "PS256") == (std::string(name) == "RS256"));
    }
    CHECK(begins(sign("HS512", std::string(64, 's'), ""), "HS512"));
    CHECK(sign("HS512", std::string(63, 's'), "").find("less than 64") != std::string::npos);
    CHECK(sign("ES256", kSecret, "").find("a secret signs with") == 0);
    CHECK(sign("", "", "nothing").find("no private key") != std::string::npos);
    CHECK(sign("", "", test::SigningKey("ES256").public_pem()).find("no private key") != std::string::npos);
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
