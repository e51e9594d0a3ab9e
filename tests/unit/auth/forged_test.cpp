// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>
#include <stdexcept>

#include "auth/token_verifier_jwt.h"
#include "support/jwt.h"
#include "support/signing_key.h"

/// Tokens that somebody without the secret could send, or that a careless maker signed. None is accepted.
namespace fairlead::auth {
namespace {

using test::encode_base64url;
using test::sign;
using test::sign_parts;

const std::string kSecret(32, 'k');
const std::string kHeader = R"({"alg":"HS256","typ":"JWT"})";
const std::string kClaims = R"({"sub":"ann"})";
const base::Wall kNow{std::chrono::seconds(1'700'000'000)};

using Corpus = std::map<std::string, std::string>;

std::string with_header(const std::string& json) {
    return sign(json, kClaims, kSecret);
}

struct Parts {
    std::string header, payload, signature;
    std::string joined() const { return header + '.' + payload + '.' + signature; }
};

Parts genuine() {
    const std::string token = sign(kHeader, kClaims, kSecret);
    const std::size_t first = token.find('.');
    const std::size_t second = token.rfind('.');
    return {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

void add_algorithms(Corpus& corpus) {
    for (const char* none : {"none", "None", "NONE", "nOnE", "none ", " none", "", "null", "no\\u006ee"}) {
        const std::string header = encode_base64url(std::string(R"({"alg":")") + none + "\"}");
        const std::string text = header + '.' + encode_base64url(kClaims);
        corpus[std::string("alg '") + none + "', empty signature"] = text + '.';
        corpus[std::string("alg '") + none + "', no signature part"] = text;
        corpus[std::string("alg '") + none + "', right HMAC"] =
            sign_parts(header, encode_base64url(kClaims), kSecret);
    }
    for (const char* other :
         {"HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "hs256", "Hs256",
          "HS256 ", "HS 256", "HS2560", "HS25", "A256GCM", "dir", "HS256,none"}) {
        corpus[std::string("alg ") + other + ", HMAC-SHA256"] =
            with_header(std::string(R"({"alg":")") + other + "\"}");
    }
    corpus["HS384 with its own hash"] = sign(R"({"alg":"HS384"})", kClaims, kSecret, EVP_sha384());
    corpus["HS512 with its own hash"] = sign(R"({"alg":"HS512"})", kClaims, kSecret, EVP_sha512());
    corpus["HS256 with SHA-1"] = sign(kHeader, kClaims, kSecret, EVP_sha1());
    corpus["HS256 with SHA-512"] = sign(kHeader, kClaims, kSecret, EVP_sha512());
    for (const char* alg : {"null", "true", "256", "[\"HS256\"]", "{\"a\":\"HS256\"}"}) {
        corpus[std::string("alg that is ") + alg] = with_header(std::string(R"({"alg":)") + alg + "}");
    }
}

void add_headers(Corpus& corpus) {
    corpus["alg twice, the last is ours"] = with_header(R"({"alg":"none","alg":"HS256"})");
    corpus["alg twice, the first is ours"] = with_header(R"({"alg":"HS256","alg":"none"})");
    corpus["alg twice, one escaped"] = with_header(R"({"alg":"HS256","\u0061lg":"none"})");
    corpus["Alg only"] = with_header(R"({"Alg":"HS256"})");
    corpus["no alg"] = with_header(R"({"typ":"JWT"})");
    corpus["empty header object"] = with_header("{}");
    for (const char* name : {"crit", "jku", "jwk", "x5u", "x5c", "zip", "enc", "b64"}) {
        for (const char* value : {"\"x\"", "[]", "null", "{\"kty\":\"oct\",\"k\":\"a2s\"}", "false"}) {
            corpus[std::string("header with ") + name + " " + value] =
                with_header(std::string(R"({"alg":"HS256",")") + name + "\":" + value + "}");
        }
    }
    corpus["kid of 129 bytes"] = with_header(R"({"alg":"HS256","kid":")" + std::string(129, 'k') + "\"}");
    corpus["kid with NUL"] = with_header(R"({"alg":"HS256","kid":"a\u0000"})");
    corpus["kid that is no string"] = with_header(R"({"alg":"HS256","kid":["a"]})");
    for (const char* header :
         {"", " ", "null", "[]", "\"HS256\"", "{", "{\"alg\":\"HS256\"", "{\"alg\":\"HS256\"}}",
          "{\"alg\":\"HS256\"}{}", "{\"alg\":\"HS256\",}", "{alg:\"HS256\"}",
          "{\"alg\":\"HS256\",\"a\":[[[[1]]]]}", "{\"alg\":\"HS256\",\"a\":\"\xff\"}"}) {
        corpus[std::string("header ") + header] = with_header(header);
    }
    corpus["header ending in NUL"] = with_header(std::string("{\"alg\":\"HS256\"}\0", 16));
}

void add_shapes(Corpus& corpus) {
    const Parts parts = genuine();
    const std::string token = parts.joined();
    corpus["empty"] = "";
    for (const char* dots : {".", "..", "...", "....", "a.b.c", "a.b", "a"})
        corpus[dots] = dots;
    corpus["no header"] = '.' + parts.payload + '.' + parts.signature;
    corpus["no payload"] = parts.header + ".." + parts.signature;
    corpus["no signature"] = parts.header + '.' + parts.payload + '.';
    corpus["two parts"] = parts.header + '.' + parts.payload;
    corpus["four parts"] = token + ".x";
    corpus["dot after"] = token + '.';
    corpus["dot before"] = '.' + token;
    corpus["signature twice"] = token + '.' + parts.signature;
    corpus["five parts of JWE"] = parts.header + '.' + parts.payload + '.' + parts.header + '.' + token;
    corpus["JSON serialisation"] = R"({"protected":")" + parts.header + R"(","payload":")" + parts.payload +
                                   R"(","signature":")" + parts.signature + "\"}";
    corpus["parts exchanged"] = parts.payload + '.' + parts.header + '.' + parts.signature;
    for (const char* space : {" ", "\n", "\r\n", "\t", "\xc2\xa0"}) {
        corpus[std::string("white space before ") + space] = space + token;
        corpus[std::string("white space after ") + space] = token + space;
        corpus[std::string("white space inside ") + space] =
            parts.header + space + '.' + parts.payload + '.' + parts.signature;
    }
    corpus["NUL after"] = token + '\0';
    corpus["Bearer"] = "Bearer " + token;
    corpus["percent"] = parts.header + "%2e" + parts.payload + "%2e" + parts.signature;
    corpus["too long"] = sign(kHeader, R"({"sub":"ann","info":")" + std::string(4096, 'x') + "\"}", kSecret);
}

void add_spellings(Corpus& corpus) {
    const Parts parts = genuine();
    corpus["padded signature"] = parts.joined() + '=';
    corpus["padded header, signed so"] = sign_parts(parts.header + '=', parts.payload, kSecret);
    corpus["padded payload, signed so"] = sign_parts(parts.header, parts.payload + '=', kSecret);
    // 32 bytes end in a digit with two spare bits: three other spellings.
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const std::size_t last = digits.find(parts.signature.back());
    for (std::size_t spare = 1; spare < 4; ++spare) {
        Parts other = parts;
        other.signature.back() = digits[last + spare];
        corpus["spare bits " + std::to_string(spare)] = other.joined();
    }
    Parts classic{parts.header, encode_base64url("{\"sub\":\"\xc3\xbf\xc3\xbe?>\"}"), {}};
    for (char& c : classic.payload)
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    corpus["classic alphabet, signed so"] = sign_parts(classic.header, classic.payload, kSecret);
    corpus["signature in hex"] = parts.header + '.' + parts.payload + '.' + std::string(64, 'a');
    corpus["one digit over"] = parts.joined() + 'A';
    corpus["line break in payload, signed so"] = sign_parts(parts.header, parts.payload + "\n", kSecret);
}

void add_bit_flips(Corpus& corpus) {
    const std::string token = genuine().joined();
    for (std::size_t at = 0; at < token.size(); ++at) {
        std::string flipped = token;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 7));
        corpus["flipped at " + std::to_string(at)] = flipped;
        corpus["cut at " + std::to_string(at)] = token.substr(0, at);
        corpus["begun at " + std::to_string(at + 1)] = token.substr(at + 1);
    }
}

void add_signatures(Corpus& corpus) {
    const std::string text = genuine().header + '.' + genuine().payload;
    const std::string right = test::hmac(EVP_sha256(), kSecret, text);
    for (std::size_t bit = 0; bit < right.size() * 8; ++bit) {
        std::string wrong = right;
        wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
        corpus["signature with bit " + std::to_string(bit) + " flipped"] =
            text + '.' + encode_base64url(wrong);
    }
    corpus["signature cut by a byte"] = text + '.' + encode_base64url(right.substr(0, 31));
    corpus["signature and a byte"] = text + '.' + encode_base64url(right + 'x');
}

void add_secrets(Corpus& corpus) {
    for (const std::string& secret :
         {std::string(), std::string("secret"), std::string(31, 'k'), std::string(33, 'k'),
          std::string(32, '\0'), encode_base64url(kSecret)}) {
        corpus["signed with a secret of " + std::to_string(secret.size())] = sign(kHeader, kClaims, secret);
    }
    corpus["unkeyed hash of the text"] =
        genuine().header + '.' + genuine().payload + '.' + encode_base64url(std::string(32, '\0'));
    corpus["forged and expired"] = sign(kHeader, R"({"sub":"ann","exp":1})", std::string(32, 'x'));
    corpus["forged subscription token"] =
        sign(kHeader, R"({"sub":"ann","channel":"news"})", std::string(32, 'x'));
}

TEST_CASE("no forged token is accepted, and none is called merely expired", "[forged]") {
    Corpus corpus;
    add_algorithms(corpus);
    add_headers(corpus);
    add_shapes(corpus);
    add_spellings(corpus);
    add_bit_flips(corpus);
    add_signatures(corpus);
    add_secrets(corpus);
    CHECK(corpus.size() >= 600);

    Options options;
    options.hs256_secret = kSecret;
    const TokenVerifierJwt verifier(options);
    REQUIRE(verifier.verify(genuine().joined(), kNow).claims);
    for (const auto& [name, token] : corpus) {
        CAPTURE(name, token);
        const core::TokenResult result = verifier.verify(token, kNow);
        CHECK_FALSE(result.claims);
        CHECK(result.fault == core::TokenFault::invalid);
        CHECK_FALSE(result.why.empty());
        CHECK(result.why.size() < 100);
        CHECK(result.why.find("eyJ") == result.why.npos);
    }
}

TEST_CASE("T21: the text of a public key is taken for no secret", "[forged]") {
    Options options;
    options.hs256_secret = test::SigningKey("RS256").public_pem();
    CHECK_THROWS_AS(TokenVerifierJwt(options), std::invalid_argument);
}

}  // namespace
}  // namespace fairlead::auth
