// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>
#include <stdexcept>

#include "auth/jwks.h"
#include "auth/public_key.h"
#include "auth/token_verifier_jwt.h"
#include "support/jwt.h"
#include "support/signing_key.h"

/// Public keys and key sets: which are taken, and which tokens they let in.
namespace fairlead::auth {
namespace {

using test::SigningKey;

const base::Wall kNow{std::chrono::seconds(1'700'000'000)};
const std::string kClaims = R"({"sub":"ann"})";

/// One of each, made once: RSA keys take their time.
const SigningKey& key_for(const std::string& algorithm) {
    static const std::map<std::string, SigningKey> keys = [] {
        std::map<std::string, SigningKey> made;
        for (const char* name : {"RS256", "PS256", "ES256", "ES384", "EdDSA"})
            made.emplace(name, SigningKey(name));
        return made;
    }();
    return keys.at(algorithm);
}

Options with_key(const SigningKey& key, const std::string& kid = {}) {
    Options options;
    options.keys = {{"main", kid, key.algorithm(), key.public_pem()}};
    return options;
}

std::string set_of(const std::string& keys) {
    return "{\"keys\":[" + keys + "]}";
}

Options with_set(const std::string& set) {
    Options options;
    options.jwks = set;
    return options;
}

bool accepted(const Options& options, const std::string& token) {
    return TokenVerifierJwt(options).verify(token, kNow).claims.has_value();
}

TEST_CASE("a token of each algorithm is accepted by its public key", "[keys]") {
    const SigningKey& key = key_for(GENERATE("RS256", "PS256", "ES256", "ES384", "EdDSA"));
    CAPTURE(key.algorithm());
    for (int i = 0; i < 20; ++i) {  // numbers of a signature begin with zeros now and then
        const auto result = TokenVerifierJwt(with_key(key)).verify(key.for_kid(kClaims), kNow);
        REQUIRE(result.claims);
        CHECK(result.claims->key_id == "main");
    }
    CHECK(accepted(with_key(key), key.for_kid(kClaims, "whatever")));
    CHECK(accepted(with_set(set_of(key.jwk(",\"alg\":\"" + key.algorithm() + "\""))), key.for_kid(kClaims)));
    const SigningKey other(key.algorithm());
    CHECK_FALSE(accepted(with_key(key), other.for_kid(kClaims)));
}

TEST_CASE("ES256 signatures whose numbers begin with zeros are accepted", "[keys]") {
    const SigningKey& key = key_for("ES256");
    const TokenVerifierJwt verifier(with_key(key));
    int zeros = 0;
    for (int i = 0; zeros < 3 && i < 20'000; ++i) {
        const std::string text = test::encode_base64url(R"({"alg":"ES256"})") + '.' +
                                 test::encode_base64url("{\"n\":" + std::to_string(i) + "}");
        const std::string signature = key.signature(text);
        if (signature[0] != '\0' && signature[32] != '\0') continue;
        ++zeros;
        CHECK(verifier.verify(text + '.' + test::encode_base64url(signature), kNow).claims);
    }
    CHECK(zeros == 3);
}

TEST_CASE("T21: a key is for one algorithm, whatever a header says", "[keys]") {
    const std::string own = GENERATE("RS256", "PS256", "ES256", "ES384", "EdDSA");
    const SigningKey& key = key_for(own);
    const TokenVerifierJwt verifier(with_key(key));
    for (const char* named :
         {"RS256", "PS256", "ES256", "ES384", "EdDSA", "HS256", "HS384", "RS384", "none"}) {
        const std::string header = std::string("{\"alg\":\"") + named + "\"}";
        CAPTURE(own, named);
        CHECK(verifier.verify(key.token(header, kClaims), kNow).claims.has_value() == (own == named));
        // With the signature that the named algorithm would make of this key's material.
        const bool rsa = own == "RS256" || own == "PS256";
        const bool named_rsa = std::string(named) == "RS256" || std::string(named) == "PS256";
        if (!rsa || !named_rsa) continue;
        const std::string text = test::encode_base64url(header) + '.' + test::encode_base64url(kClaims);
        const std::string token = text + '.' + test::encode_base64url(key.signature(text, named));
        CHECK(verifier.verify(token, kNow).claims.has_value() == (own == named));
    }
}

TEST_CASE("T21: HMAC with the text of a public key is refused", "[keys]") {
    const SigningKey& key = key_for(GENERATE("RS256", "PS256", "ES256", "ES384", "EdDSA"));
    Options options = with_key(key);
    options.hs256_secret = std::string(32, 'k');
    const TokenVerifierJwt verifier(options);
    for (const std::string& secret : {key.public_pem(), key.jwk(), der_of(*key.get())}) {
        for (const std::string& named : {std::string("HS256"), key.algorithm()}) {
            CHECK_FALSE(
                verifier.verify(test::sign("{\"alg\":\"" + named + "\"}", kClaims, secret), kNow).claims);
        }
    }
}

TEST_CASE("a PSS signature has a salt of its hash's size", "[keys]") {
    SigningKey key = key_for("PS256");
    const auto salt = GENERATE(0, 20, 31, 33, 64);
    key.pss_salt = salt;
    CHECK_FALSE(accepted(with_key(key), key.for_kid(kClaims)));
}

TEST_CASE("keys that cannot be used are refused at the start", "[keys]") {
    Options options;
    const auto refused = [&](const std::string& algorithm, const std::string& material) {
        options.keys = {{"main", "", algorithm, material}};
        const std::string why = TokenVerifierJwt::refuse(options);
        CAPTURE(algorithm, why);
        CHECK_THROWS_AS(TokenVerifierJwt(options), std::invalid_argument);
        CHECK_FALSE(why.empty());
        return why;
    };
    CHECK(refused("RS256", SigningKey("RS256", 1024).public_pem()) ==
          "the key 'main': its modulus has 1024 bits; 2048 to 4096 are allowed, so it is none for RS256");
    refused("RS256", SigningKey("RS256", 2040).public_pem());
    refused("PS256", SigningKey("PS256", 1024).public_pem());
    refused("RS256", key_for("ES256").public_pem());
    refused("PS256", key_for("EdDSA").public_pem());
    refused("ES256", key_for("ES384").public_pem());
    refused("ES384", key_for("ES256").public_pem());
    refused("ES256", key_for("RS256").public_pem());
    refused("EdDSA", key_for("ES256").public_pem());
    refused("EdDSA", SigningKey("EdDSA", EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")).public_pem());
    refused("ES256", SigningKey("ES256", EVP_EC_gen("secp256k1")).public_pem());
    refused("RS512", key_for("RS256").public_pem());
    refused("none", key_for("RS256").public_pem());
    refused("", key_for("RS256").public_pem());
    refused("HS256", key_for("RS256").public_pem());
    refused("HS256", "short");
    refused("RS256", "");
    refused("RS256", std::string(64, 'k'));
    CHECK(refused("RS256", key_for("RS256").private_pem()).find("private") != std::string::npos);
    CHECK(refused("RS256", key_for("RS256").private_pem()).find("MII") == std::string::npos);
}

TEST_CASE("T26: an RSA key has the exponent 65537", "[keys]") {
    const PublicKey odd = PublicKey::rsa(std::string(256, '\xff'), "\x03");
    REQUIRE(odd.key);
    CHECK(refuse_public_key(*odd.key, Algorithm::rs256) == "its exponent is not 65537");
    CHECK_FALSE(PublicKey::rsa(std::string(1024, '\xff'), "\x01\x00\x01").key);
}

TEST_CASE("names and keys stand once", "[keys]") {
    Options options = with_key(key_for("RS256"));
    const auto also = [&](const KeyOptions& key) {
        options.keys.resize(1);
        options.keys.push_back(key);
        return TokenVerifierJwt::refuse(options);
    };
    CHECK(also({"other", "", "PS256", key_for("RS256").public_pem()}) ==
          "the key 'other' cannot be used: one key is given for two algorithms");
    CHECK(also({"main", "", "ES256", key_for("ES256").public_pem()}) ==
          "the key 'main' cannot be used: two keys have one name");
    CHECK(also({"other", "", "PS256", key_for("PS256").public_pem()}).empty());
    options.keys[0].kid = "k";
    CHECK_FALSE(also({"other", "k", "RS256", SigningKey("RS256").public_pem()}).empty());
    CHECK(also({"other", "k", "PS256", key_for("PS256").public_pem()}).empty());
}

TEST_CASE("T22: a kid finds a key or finds nothing", "[keys]") {
    const SigningKey& one = key_for("ES256");
    const SigningKey two("ES256");
    Options options;
    options.keys = {{"one", "a", "ES256", one.public_pem()}, {"two", "b", "ES256", two.public_pem()}};
    const TokenVerifierJwt verifier(options);
    CHECK(verifier.verify(one.for_kid(kClaims, "a"), kNow).claims->key_id == "one");
    CHECK(verifier.verify(two.for_kid(kClaims, "b"), kNow).claims->key_id == "two");
    CHECK(verifier.verify(two.for_kid(kClaims), kNow).claims->key_id == "two");
    CHECK_FALSE(verifier.verify(one.for_kid(kClaims, "b"), kNow).claims);
    for (const char* kid :
         {"c", "A", "a ", "../../etc/passwd", "a' OR '1'='1", "one", "http://127.0.0.1/", "%61"}) {
        CAPTURE(kid);
        const auto result = verifier.verify(one.for_kid(kClaims, kid), kNow);
        CHECK_FALSE(result.claims);
        CHECK(result.fault == core::TokenFault::invalid);
    }
    CHECK_FALSE(verifier.verify(one.for_kid(kClaims, std::string(129, 'k')), kNow).claims);
    CHECK_FALSE(verifier.verify(one.for_kid(kClaims, "a\\u0000"), kNow).claims);
}

TEST_CASE("T26: a token without kid is tried with a few keys only", "[keys]") {
    Options options;
    std::vector<SigningKey> keys;
    for (int i = 0; i < 9; ++i) {
        keys.emplace_back("ES256");
        const std::string name = std::to_string(i);
        options.keys.push_back({name, name, "ES256", keys.back().public_pem()});
    }
    CHECK_FALSE(accepted(options, keys[0].for_kid(kClaims)));
    CHECK(accepted(options, keys[8].for_kid(kClaims, "8")));
    options.keys.pop_back();
    CHECK(accepted(options, keys[7].for_kid(kClaims)));
}

TEST_CASE("a set's keys say their algorithm, or have a usual one", "[jwks]") {
    const auto [own, usual] = GENERATE(table<std::string, bool>(
        {{"RS256", true}, {"PS256", false}, {"ES256", true}, {"ES384", true}, {"EdDSA", true}}));
    const SigningKey& key = key_for(own);
    CAPTURE(own);
    CHECK(accepted(with_set(set_of(key.jwk())), key.for_kid(kClaims)) == usual);
    CHECK(accepted(with_set(set_of(key.jwk(R"(,"use":"sig","kid":"k","alg":")" + own + "\""))),
                   key.for_kid(kClaims, "k")));
    CHECK(accepted(with_set(set_of(key.jwk(R"(,"key_ops":["verify"],"alg":")" + own + "\""))),
                   key.for_kid(kClaims, "k")));
}

TEST_CASE("entries of a set that are not for us are passed over", "[jwks]") {
    const SigningKey& key = key_for("ES256");
    const std::string good = key.jwk(",\"kid\":\"good\"");
    const std::string bad = GENERATE_COPY(
        as<std::string>(),
        R"({"kty":"oct","k":"a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s","alg":"HS256","kid":"s"})",
        key_for("ES384").jwk(",\"use\":\"enc\""), key_for("ES384").jwk(",\"use\":1"),
        key_for("ES384").jwk(",\"key_ops\":[\"sign\"]"), key_for("ES384").jwk(",\"key_ops\":\"verify\""),
        key_for("ES384").jwk(",\"alg\":\"ES256\""), key_for("ES384").jwk(",\"alg\":\"RS256\""),
        key_for("RS256").jwk(",\"alg\":\"RS512\""), key_for("RS256").jwk(",\"alg\":\"HS256\""),
        key_for("RS256").jwk(",\"alg\":\"none\""), key_for("RS256").jwk(",\"alg\":7"),
        key_for("RS256").jwk(",\"d\":\"AQAB\""), key_for("RS256").jwk(",\"kid\":7"),
        key_for("RS256").jwk(",\"kid\":\"a\\u0000\""), key_for("RS256").jwk(",\"n\":\"AQAB\""),
        key_for("RS256").jwk(",\"kid\":\"" + std::string(129, 'k') + "\""), SigningKey("RS256", 1024).jwk(),
        R"({"kty":"RSA","n":"AQAB","e":"AQAB"})", R"({"kty":"RSA","n":"","e":""})", R"({"kty":"RSA"})",
        R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})",
        R"({"kty":"EC","crv":"P-521","x":"AA","y":"AA"})",
        R"({"kty":"EC","crv":"P-256","x":")" + std::string(43, 'A') + R"(","y":")" + std::string(43, 'A') +
            "\"}",
        R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})", R"({"kty":"OKP","crv":"X25519","x":"AAAA"})",
        R"({"kty":"EC","crv":"Ed25519","x":"AAAA"})", "{}", "7", "null", "\"key\"", "[]");
    CAPTURE(bad);
    const Jwks set = Jwks::parse(set_of(bad + "," + good), "set");
    CHECK(set.fault.empty());
    CHECK(set.ignored == 1);
    REQUIRE(set.keys.size() == 1);
    CHECK(set.keys.all().front()->name() == "set:good");
    CHECK_FALSE(Jwks::parse(set_of(bad), "set").fault.empty());
}

TEST_CASE("what is no key set is refused as a whole", "[jwks]") {
    const std::string good = key_for("ES256").jwk();
    const std::string text = GENERATE_COPY(
        as<std::string>(), "", "[]", "null", "{", "{}", R"({"keys":{}})", R"({"keys":null})",
        R"({"keys":[]})", set_of(good) + "x", "{\"keys\":[" + good + "],\"keys\":[]}",
        "{\"keys\":[" + good + "],\"a\":\"\xff\"}", "<html>", "{\"keys\":" + std::string(100'000, '['), good);
    CAPTURE(text);
    CHECK_FALSE(Jwks::parse(text, "set").fault.empty());
}

TEST_CASE("T22: a key set is bounded", "[jwks]") {
    const std::string good = key_for("ES256").jwk();
    std::string many = good;
    for (int i = 1; i < 64; ++i)
        many += "," + good;
    CHECK(Jwks::parse(set_of(many), "set").keys.size() == 1);
    CHECK(Jwks::parse(set_of(many + "," + good), "set").fault == "it has more than 64 keys");
    const std::string padding(kMaxJwksBytes - set_of(good).size(), ' ');
    CHECK(Jwks::parse(set_of(good) + padding, "set").fault.empty());
    CHECK(Jwks::parse(set_of(good) + padding + " ", "set").fault == "it has more than 256 KiB");
}

TEST_CASE("a key of a set without kid has a name of its own", "[jwks]") {
    const Jwks set = Jwks::parse(set_of(key_for("ES256").jwk() + "," + key_for("EdDSA").jwk()), "set");
    REQUIRE(set.keys.size() == 2);
    CHECK(set.keys.all()[0]->name() != set.keys.all()[1]->name());
    CHECK(set.keys.all()[0]->name().substr(0, 5) == "set:#");
}

}  // namespace
}  // namespace fairlead::auth
