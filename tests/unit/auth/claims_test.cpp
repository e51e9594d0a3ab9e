// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "auth/token_verifier_jwt.h"
#include "support/jwt.h"

/// What is read out of the claims of both kinds of tokens, and which are refused.
namespace fairlead::auth {
namespace {

using core::TokenFault;
using std::chrono::seconds;
using Texts = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::string kSecret(32, 'k');
constexpr std::int64_t kNow = 1'700'000'000;

base::Wall at(std::int64_t second) {
    return base::Wall(seconds(second));
}

Options options_with_secret() {
    Options options;
    options.hs256_secret = kSecret;
    options.max_token_bytes = 8192;
    return options;
}

core::TokenResult verify(const std::string& claims, base::Wall now = at(kNow),
                         const Options& options = options_with_secret()) {
    return TokenVerifierJwt(options).verify(test::sign_hs256(claims, kSecret), now);
}

core::SubscriptionTokenResult subscribe(const std::string& claims, base::Wall now = at(kNow),
                                        const Options& options = options_with_secret()) {
    return TokenVerifierJwt(options).verify_subscription(test::sign_hs256(claims, kSecret), now);
}

std::string list_of(std::size_t count, const std::string& text) {
    std::string list = "[";
    for (std::size_t i = 0; i < count; ++i)
        list += (i == 0 ? "\"" : ",\"") + text + std::to_string(i) + "\"";
    return list + "]";
}

template <typename Result>
void check_invalid(const Result& result) {
    CHECK_FALSE(result.claims);
    CHECK(result.fault == TokenFault::invalid);
    CHECK_FALSE(result.why.empty());
    CHECK(result.why.size() < 100);
}

TEST_CASE("channels are those of both claims, each once", "[claims]") {
    CHECK(verify(R"({"channels":["news:eu","a"]})").claims->channels == Texts{"a", "news:eu"});
    CHECK(verify(R"({"subs":{"news:eu":{"info":1,"override":{}},"b":{}}})").claims->channels ==
          Texts{"b", "news:eu"});
    CHECK(verify(R"({"channels":["a","a"],"subs":{"b":{},"a":{}}})").claims->channels == Texts{"a", "b"});
    CHECK(verify(R"({"channels":[],"subs":{}})").claims->channels.empty());
    CHECK(verify("{\"channels\":" + list_of(128, "c") + "}").claims->channels.size() == 128);
}

TEST_CASE("channels that cannot be are invalid", "[claims]") {
    const std::string claims = GENERATE(
        R"({"channels":"a"})", R"({"channels":[1]})", R"({"channels":["a",["b"]]})",
        R"({"channels":["a",null]})", R"({"channels":[""]})", R"({"channels":["a b"]})",
        R"({"channels":["a\u0000"]})", R"({"channels":["user:bob"]})", R"({"channels":["user:"]})",
        R"({"channels":{"a":{}}})", R"({"channels":null})", R"({"subs":["a"]})", R"({"subs":{"":{}}})",
        R"({"subs":{"user:bob":{}}})", R"({"subs":{"a\n":{}}})", R"({"subs":null})", R"({"subs":"a"})");
    CAPTURE(claims);
    check_invalid(verify(claims));
}

TEST_CASE("the number and size of channels are bounded", "[claims]") {
    check_invalid(verify("{\"channels\":" + list_of(129, "c") + "}"));
    check_invalid(verify("{\"channels\":" + list_of(128, "c") + ",\"subs\":{\"one-more\":{}}}"));
    check_invalid(verify("{\"channels\":[\"" + std::string(256, 'c') + "\"]}"));
    CHECK(verify("{\"channels\":[\"" + std::string(255, 'c') + "\"]}").claims);
}

TEST_CASE("labels are a bounded list of texts", "[claims]") {
    CHECK(verify(R"({"labels":["admin","eu"]})").claims->labels == Texts{"admin", "eu"});
    CHECK(verify("{\"labels\":" + list_of(64, "l") + "}").claims->labels.size() == 64);
    check_invalid(verify("{\"labels\":" + list_of(65, "l") + "}"));
    check_invalid(verify("{\"labels\":[\"" + std::string(129, 'l') + "\"]}"));
    check_invalid(verify(R"({"labels":"admin"})"));
    check_invalid(verify(R"({"labels":[1]})"));
    check_invalid(verify(R"({"labels":{"admin":1}})"));
    check_invalid(verify(R"({"labels":null})"));
}

TEST_CASE("every other claim is kept as text", "[claims]") {
    CHECK(verify(R"({"role":"boss","age":42,"ratio":1.50,"staff":true,"teams":["a","b"],"none":null,)"
                 R"("deep":{"x":1},"mixed":["a",1],"empty":[]})")
              .claims->texts == Pairs{{"role", "boss"},
                                      {"age", "42"},
                                      {"ratio", "1.50"},
                                      {"staff", "true"},
                                      {"teams", "a"},
                                      {"teams", "b"}});
    CHECK(verify(R"({"sub":"a","sid":"b","jti":"c","iss":"d","aud":"e","exp":1700000001,"nbf":1,"iat":1,)"
                 R"("expire_at":0,"info":"f","channels":["g"],"subs":{},"labels":["h"],"meta":{}})")
              .claims->texts.empty());
    CHECK(verify("{\"teams\":" + list_of(256, "t") + "}").claims->texts.size() == 256);
    check_invalid(verify("{\"teams\":" + list_of(257, "t") + "}"));
}

TEST_CASE("ids are bounded texts", "[claims]") {
    const std::string name = GENERATE("sub", "sid", "jti");
    const std::size_t most = name == "sub" ? 250 : 255;
    const auto with = [&](std::size_t bytes) {
        return "{\"" + name + "\":\"" + std::string(bytes, 'x') + "\"}";
    };
    CAPTURE(name);
    CHECK(verify(with(most)).claims);
    check_invalid(verify(with(most + 1)));
    check_invalid(verify("{\"" + name + "\":7}"));
    check_invalid(verify("{\"" + name + "\":null}"));
}

TEST_CASE("iat must be a time", "[claims]") {
    CHECK(verify(R"({"iat":1700000000})").claims);
    CHECK(verify(R"({"iat":1800000000})").claims);
    check_invalid(verify(R"({"iat":"1700000000"})"));
    check_invalid(verify(R"({"iat":-1})"));
    check_invalid(verify(R"({"iat":1e400})"));
}

TEST_CASE("expire_at ends what a token gives in the place of exp", "[claims]") {
    CHECK(verify(R"({"exp":1700000100})").claims->expires == at(kNow + 100));
    CHECK(verify(R"({"exp":1700000100,"expire_at":1700000200})").claims->expires == at(kNow + 200));
    CHECK(verify(R"({"expire_at":1700000200})").claims->expires == at(kNow + 200));
    CHECK_FALSE(verify(R"({"exp":1700000100,"expire_at":0})").claims->expires);
    CHECK(subscribe(R"({"channel":"c","exp":1700000100,"expire_at":1700000200})").claims->expires ==
          at(kNow + 200));
    CHECK_FALSE(subscribe(R"({"channel":"c","exp":1700000100,"expire_at":0})").claims->expires);
    check_invalid(verify(R"({"exp":1700000100,"expire_at":"0"})"));
    check_invalid(verify(R"({"exp":1700000100,"expire_at":null})"));
    check_invalid(verify(R"({"exp":1700000100,"expire_at":-1})"));
}

TEST_CASE("expire_at does not stand in for an exp that is required, nor lengthen it", "[claims]") {
    Options options = options_with_secret();
    options.require_exp = true;
    check_invalid(verify(R"({"expire_at":1700000200})", at(kNow), options));
    check_invalid(verify(R"({"expire_at":0})", at(kNow), options));
    CHECK(verify(R"({"exp":1699999900,"expire_at":0})").fault == TokenFault::expired);
    CHECK(verify(R"({"exp":1700000100,"expire_at":1699999969})").fault == TokenFault::expired);
    CHECK(verify(R"({"exp":1700000100,"expire_at":1699999971})").claims);
}

TEST_CASE("b64info is info if it is JSON", "[claims]") {
    CHECK(verify(R"({"b64info":"eyJhIjogMX0="})").claims->info == R"({"a":1})");
    CHECK(verify(R"({"b64info":"Nw=="})").claims->info == "7");
    CHECK(verify(R"({"b64info":"bnVsbA=="})").claims->info.empty());
    CHECK(subscribe(R"({"channel":"c","b64info":"Nw=="})").claims->info == "7");
    const std::string other =
        GENERATE(R"("AAEC")", R"("Nw")", R"("Nw=")", R"("")", R"("e30-")", R"("eyJhIjoxfSx7fQ==")",
                 R"("MSwidyI6Mg==")", R"("IA==")", "7", "null", "{}");
    CAPTURE(other);
    check_invalid(verify("{\"b64info\":" + other + "}"));
    check_invalid(verify(R"({"info":1,"b64info":"Nw=="})"));
}

TEST_CASE("a subscription token says who may subscribe to what", "[claims]") {
    const auto result = subscribe(R"({"sub":"ann","channel":"news:eu","client":"c-1","info": {"a" : 1},)"
                                  R"("exp":1700000100,"jti":"t-1","iss":"x","aud":"y","iat":1,"role":"z"})");
    REQUIRE(result.claims);
    CHECK(result.claims->user == "ann");
    CHECK(result.claims->channel == "news:eu");
    CHECK(result.claims->client == "c-1");
    CHECK(result.claims->info == R"({"a":1})");
    CHECK(result.claims->expires == at(kNow + 100));
    CHECK(result.claims->token_id == "t-1");
    CHECK(result.claims->key_id == "HS256");
    const auto least = subscribe(R"({"channel":"c"})");
    REQUIRE(least.claims);
    CHECK(least.claims->user.empty());
    CHECK(least.claims->client.empty());
    CHECK(least.claims->info.empty());
    CHECK_FALSE(least.claims->expires);
}

TEST_CASE("neither kind of token passes for the other", "[claims]") {
    CHECK(verify(R"({"sub":"ann"})").claims);
    check_invalid(subscribe(R"({"sub":"ann"})"));
    CHECK(subscribe(R"({"sub":"ann","channel":"c"})").claims);
    check_invalid(verify(R"({"sub":"ann","channel":"c"})"));
    check_invalid(verify(R"({"sub":"ann","channel":null})"));
    check_invalid(verify(R"({"sub":"ann","channel":""})"));
}

TEST_CASE("claims of a subscription token that cannot be are invalid", "[claims]") {
    const std::string claims = GENERATE(
        R"({"channel":""})", R"({"channel":null})", R"({"channel":1})", R"({"channel":["c"]})",
        R"({"channel":{"c":1}})", R"({"channel":"a b"})", R"({"channel":"user:ann"})",
        R"({"channel":"c\u0000"})", R"({"channel":"c","channel":"d"})", R"({"channel":"c","sub":1})",
        R"({"channel":"c","sub":null})", R"({"channel":"c","client":""})", R"({"channel":"c","client":1})",
        R"({"channel":"c","client":null})", R"({"channel":"c","jti":1})", R"({"channel":"c","exp":"1"})",
        R"({"channel":"c","nbf":null})", R"({"channel":"c","expire_at":true})", "[]", "\"c\"", "{", "");
    CAPTURE(claims);
    check_invalid(subscribe(claims));
}

TEST_CASE("a subscription token's audience, issuer and times are checked as a connection token's",
          "[claims]") {
    Options options = options_with_secret();
    options.audience = "chat";
    options.issuer = "id";
    const auto with = [&](const std::string& more) {
        return subscribe("{\"channel\":\"c\"" + more + "}", at(kNow), options);
    };
    CHECK(with(R"(,"aud":["x","chat"],"iss":"id")").claims);
    check_invalid(with(R"(,"aud":"x","iss":"id")"));
    check_invalid(with(R"(,"aud":{"chat":"chat"},"iss":"id")"));
    check_invalid(with(R"(,"aud":"chat","iss":"x")"));
    check_invalid(with(R"(,"aud":"chat")"));
    options = options_with_secret();
    options.require_exp = true;
    check_invalid(with(""));
    const std::string ends = R"({"channel":"c","exp":1700000000})";
    CHECK(subscribe(ends, at(kNow + 29)).claims);
    CHECK(subscribe(ends, at(kNow + 31)).fault == TokenFault::expired);
    const std::string begins = R"({"channel":"c","nbf":1700000000})";
    CHECK(subscribe(begins, at(kNow - 29)).claims);
    CHECK(subscribe(begins, at(kNow - 31)).fault == TokenFault::expired);
}

}  // namespace
}  // namespace fairlead::auth
