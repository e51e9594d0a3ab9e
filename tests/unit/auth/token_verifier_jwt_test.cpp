// SPDX-License-Identifier: Apache-2.0
#include "auth/token_verifier_jwt.h"

#include <catch2/catch.hpp>
#include <map>
#include <stdexcept>

#include "support/jwt.h"

namespace fairlead::auth {
namespace {

using core::TokenFault;
using core::TokenResult;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kSecret(32, 'k');
constexpr std::int64_t kExp = 1'700'000'000;

Options options_with_secret() {
    Options options;
    options.hs256_secret = kSecret;
    return options;
}

base::Wall at(std::int64_t second) {
    return base::Wall(seconds(second));
}

TokenResult verify(const std::string& claims, base::Wall now = at(kExp),
                   const Options& options = options_with_secret()) {
    return TokenVerifierJwt(options).verify(test::sign_hs256(claims, kSecret), now);
}

TEST_CASE("a genuine token says who the client is", "[token]") {
    const TokenResult result =
        verify(R"({"sub":"ann","sid":"s1","exp":1700000600.5,"nbf":1699999999,"iat":1,"jti":"t-7",)"
               R"("info": {"b": 1.0,)"
               "\n"
               R"( "a": [12345678901234567890]}, "meta": {"role" : "x"}, "other": {}})");
    REQUIRE(result.claims);
    CHECK(result.claims->user == "ann");
    CHECK(result.claims->session == "s1");
    CHECK(result.claims->expires == at(1'700'000'600) + milliseconds(500));
    CHECK(result.claims->info == R"({"b":1.0,"a":[12345678901234567890]})");
    CHECK(result.claims->meta == R"({"role":"x"})");
    CHECK(result.claims->token_id == "t-7");
    CHECK(result.claims->key_id == "HS256");
}

TEST_CASE("claims that are not there are empty", "[token]") {
    const TokenResult result = verify("{}");
    REQUIRE(result.claims);
    CHECK(result.claims->user.empty());
    CHECK(result.claims->session.empty());
    CHECK(result.claims->info.empty());
    CHECK(result.claims->meta.empty());
    CHECK_FALSE(result.claims->expires);
    CHECK(result.claims->channels.empty());
    CHECK(result.claims->labels.empty());
    CHECK(result.claims->texts.empty());
    CHECK(result.claims->token_id.empty());
}

TEST_CASE("info is any JSON, null is none", "[token]") {
    const auto [given, kept] = GENERATE(table<std::string, std::string>({{"1", "1"},
                                                                         {"-0.0", "-0.0"},
                                                                         {"\"x\"", "\"x\""},
                                                                         {"[ ]", "[]"},
                                                                         {"false", "false"},
                                                                         {"null", ""},
                                                                         {"{}", "{}"}}));
    CHECK(verify("{\"info\":" + given + "}").claims->info == kept);
}

TEST_CASE("claims of the wrong kind are invalid", "[token]") {
    const std::string claims =
        GENERATE(R"({"sub":1})", R"({"sub":null})", R"({"sub":["ann"]})", R"({"sub":{}})", R"({"sub":true})",
                 R"({"sid":1})", R"({"sid":null})", R"({"meta":"x"})", R"({"meta":[]})", R"({"meta":null})",
                 R"({"meta":1})", R"({"channel":"news"})", R"({"channel":""})", R"({"channel":null})",
                 R"({"sub":"a","sub":"b"})", R"({"exp":9999999999,"exp":1})", R"({"sub":"a","\u0073ub":"b"})",
                 "[]", "null", "\"ann\"", "{", "{}{}", "{\"sub\":\"\xff\"}", R"({"sub":"\ud800"})");
    CAPTURE(claims);
    const TokenResult result = verify(claims);
    CHECK_FALSE(result.claims);
    CHECK(result.fault == TokenFault::invalid);
}

TEST_CASE("a time that is no time is invalid", "[token]") {
    const std::string name = GENERATE("exp", "nbf");
    const std::string value = GENERATE("\"1700000000\"", "null", "true", "[]", "-1", "-1e9", "1e400",
                                       "1e-400", "1e300", "9223372036854775808", "253402300800", "1e18");
    CAPTURE(name, value);
    const TokenResult result = verify("{\"" + name + "\":" + value + "}");
    CHECK_FALSE(result.claims);
    CHECK(result.fault == TokenFault::invalid);
}

TEST_CASE("a token ends a leeway after its exp", "[token]") {
    const std::string claims = R"({"exp":1700000000})";
    CHECK(verify(claims, at(kExp - 31)).claims);
    CHECK(verify(claims, at(kExp)).claims);
    CHECK(verify(claims, at(kExp + 29)).claims);
    CHECK(verify(claims, at(kExp + 30) - milliseconds(1)).claims);
    for (const base::Wall now : {at(kExp + 30), at(kExp + 31), at(kExp + 1'000'000)}) {
        const TokenResult result = verify(claims, now);
        CHECK_FALSE(result.claims);
        CHECK(result.fault == TokenFault::expired);
    }
    CHECK(verify(R"({"exp":0})").fault == TokenFault::expired);
}

TEST_CASE("a token begins a leeway before its nbf", "[token]") {
    const std::string claims = R"({"nbf":1.7e9})";
    CHECK(verify(claims, at(kExp)).claims);
    CHECK(verify(claims, at(kExp - 29)).claims);
    CHECK(verify(claims, at(kExp - 30)).claims);
    for (const base::Wall now : {at(kExp - 30) - milliseconds(1), at(kExp - 31), at(0)}) {
        const TokenResult result = verify(claims, now);
        CHECK_FALSE(result.claims);
        CHECK(result.fault == TokenFault::expired);
    }
}

TEST_CASE("without leeway a token is over at its exp", "[token]") {
    Options options = options_with_secret();
    options.leeway = milliseconds(0);
    CHECK(verify(R"({"exp":1700000000})", at(kExp) - milliseconds(1), options).claims);
    CHECK_FALSE(verify(R"({"exp":1700000000})", at(kExp), options).claims);
}

TEST_CASE("an exp of centuries ahead is only far away", "[token]") {
    const TokenResult result = verify(R"({"exp":253402300799})");
    REQUIRE(result.claims);
    CHECK(*result.claims->expires > at(8'900'000'000));
}

TEST_CASE("a token must have an end where that is required", "[token]") {
    Options options = options_with_secret();
    options.require_exp = true;
    const TokenResult result = verify(R"({"sub":"ann"})", at(kExp), options);
    CHECK_FALSE(result.claims);
    CHECK(result.fault == TokenFault::invalid);
    CHECK(verify(R"({"exp":1700000001})", at(kExp), options).claims);
}

TEST_CASE("the audience is one of those that are named", "[token]") {
    Options options = options_with_secret();
    options.audience = "chat";
    CHECK(verify(R"({"aud":"chat"})", at(kExp), options).claims);
    CHECK(verify(R"({"aud":["mail","chat"]})", at(kExp), options).claims);
    const std::string claims =
        GENERATE("{}", R"({"aud":"Chat"})", R"({"aud":"chat "})", R"({"aud":""})", R"({"aud":[]})",
                 R"({"aud":["mail"]})", R"({"aud":[["chat"]]})", R"({"aud":{"a":"chat"}})", R"({"aud":null})",
                 R"({"aud":"mail chat"})");
    CAPTURE(claims);
    CHECK_FALSE(verify(claims, at(kExp), options).claims);
    CHECK(verify(claims).claims);
}

TEST_CASE("the issuer is exactly the one", "[token]") {
    Options options = options_with_secret();
    options.issuer = "https://id.example";
    CHECK(verify(R"({"iss":"https://id.example"})", at(kExp), options).claims);
    const std::string claims =
        GENERATE("{}", R"({"iss":"https://id.example/"})", R"({"iss":["https://id.example"]})",
                 R"({"iss":null})", R"({"iss":""})");
    CAPTURE(claims);
    CHECK_FALSE(verify(claims, at(kExp), options).claims);
    CHECK(verify(claims).claims);
}

TEST_CASE("other claims' faults come before a token's time", "[token]") {
    CHECK(verify(R"({"sub":1,"exp":1})").fault == TokenFault::invalid);
    CHECK(verify(R"({"channel":"x","exp":1})").fault == TokenFault::invalid);
}

TEST_CASE("every secret accepts tokens of its own algorithm only", "[token]") {
    Options options;
    options.hs256_secret = std::string(32, 'a');
    options.hs384_secret = std::string(48, 'b');
    options.hs512_secret = std::string(64, 'c');
    options.previous_hs256_secrets = {std::string(32, 'd')};
    const TokenVerifierJwt verifier(options);
    const std::map<std::string, const EVP_MD*> hashes{
        {"HS256", EVP_sha256()}, {"HS384", EVP_sha384()}, {"HS512", EVP_sha512()}};
    const std::map<std::string, std::string> algorithms{{options.hs256_secret, "HS256"},
                                                        {options.hs384_secret, "HS384"},
                                                        {options.hs512_secret, "HS512"},
                                                        {options.previous_hs256_secrets[0], "HS256"}};
    for (const auto& [secret, own] : algorithms) {
        for (const auto& [named, hash] : hashes) {
            CAPTURE(secret, named);
            const std::string header = "{\"alg\":\"" + named + "\"}";
            const std::string by_name = test::sign(header, "{}", secret, hash);
            CHECK(verifier.verify(by_name, at(kExp)).claims.has_value() == (named == own));
            const std::string by_key = test::sign(header, "{}", secret, hashes.at(own));
            CHECK(verifier.verify(by_key, at(kExp)).claims.has_value() == (named == own));
        }
    }
}

TEST_CASE("what cannot be meant as a secret is refused at the start", "[token]") {
    Options options;
    SECTION("short") {
        options.hs256_secret = std::string(31, 'a');
    }
    SECTION("short for HS384") {
        options.hs384_secret = std::string(47, 'a');
    }
    SECTION("short for HS512") {
        options.hs512_secret = std::string(63, 'a');
    }
    SECTION("short among the previous") {
        options.previous_hs256_secrets = {std::string(31, 'a')};
    }
    SECTION("for two algorithms") {
        options.hs256_secret = options.hs384_secret = std::string(64, 'a');
    }
    SECTION("limit") {
        options.max_token_bytes = 8193;
    }
    CHECK_THROWS_AS(TokenVerifierJwt(options), std::invalid_argument);
}

TEST_CASE("a short secret's error says what is needed and never the secret", "[token]") {
    Options options;
    options.hs256_secret = "hunter2";
    CHECK_THROWS_WITH(TokenVerifierJwt(options), "a secret for HS256 has 7 bytes, at least 32 are needed");
}

TEST_CASE("without a secret every token is invalid", "[token]") {
    const TokenVerifierJwt verifier{Options{}};
    for (const std::string& token :
         {std::string(), test::sign_hs256("{}", ""), test::sign_hs256("{}", kSecret)}) {
        const TokenResult result = verifier.verify(token, at(kExp));
        CHECK_FALSE(result.claims);
        CHECK(result.fault == TokenFault::invalid);
        CHECK(result.why == "no key is configured");
    }
}

TEST_CASE("a token may be as long as is set, not longer", "[token]") {
    std::string claims = R"({"info":""})";
    while (test::sign_hs256(claims, kSecret).size() < 4093)
        claims.insert(9, "x");
    Options options = options_with_secret();
    options.max_token_bytes = test::sign_hs256(claims, kSecret).size();
    CHECK(verify(claims, at(kExp), options).claims);
    --options.max_token_bytes;
    CHECK_FALSE(verify(claims, at(kExp), options).claims);
}

TEST_CASE("a header may carry what harms nobody", "[token]") {
    const std::string header =
        GENERATE(R"({"alg":"HS256"})", R"({"typ":"at+jwt","alg":"HS256"})",
                 R"({"alg":"HS256","kid":"../../etc/passwd"})", R"({"alg":"H\u00532\u00356"})",
                 R"({ "alg" : "HS256" , "cty":"x", "x5t":"abc" })");
    CHECK(TokenVerifierJwt(options_with_secret()).verify(test::sign(header, "{}", kSecret), at(kExp)).claims);
}

}  // namespace
}  // namespace fairlead::auth
