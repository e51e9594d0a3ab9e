// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "auth/public_key.h"
#include "auth/token_verifier_jwt.h"
#include "support/jwt.h"
#include "support/signing_key.h"

/// Forged, malformed and confused tokens of both kinds, against a verifier with one key of every algorithm.
/// None is accepted.
namespace fairlead::auth {
namespace {

using fairlead::test::encode_base64url;
using fairlead::test::SigningKey;

const base::Wall kNow{std::chrono::seconds(1'700'000'000)};
const std::map<std::string, std::string> kSecrets{
    {"HS256", std::string(32, 'a')}, {"HS384", std::string(48, 'b')}, {"HS512", std::string(64, 'c')}};
const std::vector<std::string> kAsymmetric{"RS256", "PS256", "ES256", "ES384", "EdDSA"};

using Corpus = std::map<std::string, std::string>;

const EVP_MD* hash_of(const std::string& algorithm) {
    return algorithm == "HS256" ? EVP_sha256() : algorithm == "HS384" ? EVP_sha384() : EVP_sha512();
}

/// One key of every algorithm, and those of somebody else.
class World {
public:
    World() {
        for (const std::string& name : kAsymmetric) {
            ours_.emplace(name, SigningKey(name));
            theirs_.emplace(name, SigningKey(name));
        }
    }

    Options options() const {
        Options options;
        for (const auto& [name, secret] : kSecrets)
            options.keys.push_back({name, name, name, secret});
        for (const auto& [name, key] : ours_)
            options.keys.push_back({name, name, name, key.public_pem()});
        options.audience = "chat";
        options.issuer = "id";
        return options;
    }

    std::vector<std::string> algorithms() const {
        std::vector<std::string> all(kAsymmetric);
        for (const auto& [name, secret] : kSecrets)
            all.push_back(name);
        return all;
    }
    const SigningKey& ours(const std::string& algorithm) const { return ours_.at(algorithm); }
    const SigningKey& theirs(const std::string& algorithm) const { return theirs_.at(algorithm); }

    /// The right signature of our key of that algorithm.
    std::string signature(const std::string& algorithm, const std::string& text) const {
        const auto secret = kSecrets.find(algorithm);
        if (secret != kSecrets.end()) return fairlead::test::hmac(hash_of(algorithm), secret->second, text);
        return ours(algorithm).signature(text);
    }
    std::string token(const std::string& algorithm, const std::string& header,
                      const std::string& claims) const {
        const std::string text = encode_base64url(header) + '.' + encode_base64url(claims);
        return text + '.' + encode_base64url(signature(algorithm, text));
    }

private:
    std::map<std::string, SigningKey> ours_, theirs_;
};

const World& world() {
    static const World made;
    return made;
}

std::string header_of(const std::string& algorithm, const std::string& more = {}) {
    return "{\"alg\":\"" + algorithm + "\"" + more + "}";
}

/// Each key's signature under each other name, with and without the other's `kid`.
void add_exchanged(Corpus& corpus, const std::string& claims) {
    for (const std::string& own : world().algorithms()) {
        for (const std::string& named : world().algorithms()) {
            if (own != named) corpus[own + " called " + named] = world().token(own, header_of(named), claims);
            const std::string kid = ",\"kid\":\"" + named + "\"";
            if (own != named)
                corpus[own + " with the kid of " + named] = world().token(own, header_of(own, kid), claims);
        }
        for (const char* none : {"none", "None", "NONE", "nOnE", ""}) {
            corpus[own + " called '" + none + "'"] = world().token(own, header_of(none), claims);
        }
        corpus[own + " long over"] =
            world().token(own, header_of(own), claims.substr(0, claims.size() - 1) + ",\"exp\":1}");
    }
}

/// The public key in every form, as a secret.
void add_public_as_secret(Corpus& corpus, const std::string& claims) {
    for (const std::string& name : kAsymmetric) {
        const SigningKey& key = world().ours(name);
        const std::string pem = key.public_pem();
        const std::map<std::string, std::string> forms{
            {"PEM", pem},
            {"PEM without its last newline", pem.substr(0, pem.size() - 1)},
            {"DER", der_of(*key.get())},
            {"JWK", key.jwk()}};
        for (const auto& [form, secret] : forms) {
            for (const auto& [hmac, unused] : kSecrets) {
                for (const std::string& kid : {std::string(), ",\"kid\":\"" + name + "\""}) {
                    corpus[hmac + " with " + name + " as " + form + kid] =
                        fairlead::test::sign(header_of(hmac, kid), claims, secret, hash_of(hmac));
                }
            }
        }
    }
}

/// Somebody else's keys, and what a header may bring along.
void add_foreign(Corpus& corpus, const std::string& claims) {
    for (const std::string& name : kAsymmetric) {
        const SigningKey& key = world().theirs(name);
        corpus["foreign " + name] = key.token(header_of(name), claims);
        corpus["foreign " + name + " with our kid"] = key.for_kid(claims, name);
        corpus["foreign " + name + " with its own kid"] = key.for_kid(claims, "theirs");
        for (const std::string& more :
             {",\"jwk\":" + key.jwk(), std::string(",\"jku\":\"http://127.0.0.1/keys\""),
              std::string(",\"x5c\":[\"MII\"]"), std::string(",\"x5u\":\"http://127.0.0.1/\""),
              std::string(",\"crit\":[\"b64\"],\"b64\":false"), std::string(",\"zip\":\"DEF\"")}) {
            corpus["foreign " + name + more] = key.token(header_of(name, more), claims);
            corpus["ours, but " + name + more] = world().token(name, header_of(name, more), claims);
        }
    }
}

/// Signatures that are nearly right.
void add_signatures(Corpus& corpus, const std::string& claims) {
    for (const std::string& name : world().algorithms()) {
        const std::string text = encode_base64url(header_of(name)) + '.' + encode_base64url(claims);
        const std::string right = world().signature(name, text);
        const auto put = [&](const std::string& what, const std::string& signature) {
            corpus[name + " " + what] = text + '.' + encode_base64url(signature);
        };
        put("cut", right.substr(0, right.size() - 1));
        put("longer", right + '\0');
        put("with a zero before", '\0' + right);
        put("of zeros", std::string(right.size(), '\0'));
        put("of ones", std::string(right.size(), '\xff'));
        put("twice", right + right);
        put("of an empty text", world().signature(name, ""));
        corpus[name + " without signature"] = text + '.';
        for (const std::size_t at : {std::size_t{0}, right.size() / 2, right.size() - 1}) {
            std::string flipped = right;
            flipped[at] = static_cast<char>(flipped[at] ^ 1);
            put("flipped at " + std::to_string(at), flipped);
        }
        corpus[name + " of other claims"] = encode_base64url(header_of(name)) + '.' +
                                            encode_base64url(R"({"sub":"root"})") + '.' +
                                            encode_base64url(right);
    }
    for (const std::string name : {"ES256", "ES384"}) {
        const std::string text = encode_base64url(header_of(name)) + '.' + encode_base64url(claims);
        const std::string right = world().signature(name, text);
        const std::string half(right.size() / 2, '\0');
        corpus[name + " r = 0"] = text + '.' + encode_base64url(half + right.substr(half.size()));
        corpus[name + " s = 0"] = text + '.' + encode_base64url(right.substr(0, half.size()) + half);
        corpus[name + " r and s exchanged"] =
            text + '.' + encode_base64url(right.substr(half.size()) + right.substr(0, half.size()));
        corpus[name + " in DER"] =
            text + '.' + encode_base64url(world().ours(name).openssl_signature(text, name));
    }
    SigningKey salted = world().ours("PS256");
    for (const int salt : {0, 20, 64}) {
        salted.pss_salt = salt;
        corpus["PS256 with salt " + std::to_string(salt)] = salted.token(header_of("PS256"), claims);
    }
}

/// Genuinely signed, but not what the options ask for.
void add_claims(Corpus& corpus, const std::string& claims) {
    const std::string open = claims.substr(0, claims.size() - 1);
    const std::string other_audience = R"({"channel":"c","iss":"id","aud":"mail"})";
    for (const std::string& name : world().algorithms()) {
        const auto put = [&](const std::string& what, const std::string& json) {
            corpus[name + " claims " + what] = world().token(name, header_of(name), json);
        };
        put("over", open + R"(,"exp":1699999000})");
        put("to come", open + R"(,"nbf":1700001000})");
        put("over by expire_at", open + R"(,"expire_at":1699999000})");
        put("with a text as exp", open + R"(,"exp":"1800000000"})");
        put("with an endless exp", open + R"(,"exp":1e400})");
        put("with another exp", open + R"(,"exp":1800000000,"exp":1})");
        put("with a number as jti", open + R"(,"jti":1})");
        put("of nobody", "{}");
        put("in a list", "[" + claims + "]");
        put("with a tail", claims + "{}");
    }
    corpus["another audience"] = world().token("ES256", header_of("ES256"), other_audience);
}

Corpus corpus_of(const std::string& claims) {
    Corpus corpus;
    add_exchanged(corpus, claims);
    add_public_as_secret(corpus, claims);
    add_foreign(corpus, claims);
    add_signatures(corpus, claims);
    add_claims(corpus, claims);
    return corpus;
}

TEST_CASE("T21, T22, T23, T25: no forged or confused connection token is accepted", "[forged]") {
    const std::string claims = R"({"sub":"ann","iss":"id","aud":"chat"})";
    const TokenVerifierJwt verifier(world().options());
    for (const std::string& name : world().algorithms()) {
        REQUIRE(verifier.verify(world().token(name, header_of(name), claims), kNow).claims->key_id == name);
    }
    Corpus corpus = corpus_of(claims);
    for (const std::string& name : world().algorithms()) {
        corpus[name + " for a subscription"] =
            world().token(name, header_of(name), R"({"sub":"ann","iss":"id","aud":"chat","channel":"c"})");
    }
    CHECK(corpus.size() >= 450);
    for (const auto& [what, token] : corpus) {
        CAPTURE(what, token);
        CHECK_FALSE(verifier.verify(token, kNow).claims);
    }
}

TEST_CASE("T21, T22, T23, T25: no forged or confused subscription token is accepted", "[forged]") {
    const std::string claims = R"({"sub":"ann","channel":"c","iss":"id","aud":"chat"})";
    const TokenVerifierJwt verifier(world().options());
    for (const std::string& name : world().algorithms()) {
        REQUIRE(
            verifier.verify_subscription(world().token(name, header_of(name), claims), kNow).claims->key_id ==
            name);
    }
    Corpus corpus = corpus_of(claims);
    for (const std::string& name : world().algorithms()) {
        const std::string more[] = {R"({"sub":"ann","iss":"id","aud":"chat"})",
                                    R"({"sub":"ann","iss":"id","aud":"chat","channel":""})",
                                    R"({"sub":"ann","iss":"id","aud":"chat","channel":["c"]})",
                                    R"({"sub":"ann","iss":"id","aud":"chat","channels":["c"]})",
                                    R"({"sub":"ann","iss":"id","aud":"chat","channel":"user:bob"})"};
        for (const std::string& json : more)
            corpus[name + json] = world().token(name, header_of(name), json);
    }
    CHECK(corpus.size() >= 450);
    for (const auto& [what, token] : corpus) {
        CAPTURE(what, token);
        CHECK_FALSE(verifier.verify_subscription(token, kNow).claims);
    }
}

}  // namespace
}  // namespace fairlead::auth
