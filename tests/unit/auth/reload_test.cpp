// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "auth/token_verifier_jwt.h"
#include "support/jwt.h"
#include "support/signing_key.h"

/// Other keys while tokens are checked.
namespace fairlead::auth {
namespace {

using fairlead::test::sign_hs256;
using fairlead::test::SigningKey;
using Names = TokenVerifierJwt::Names;

const base::Wall kNow{std::chrono::seconds(1'700'000'000)};
const std::string kClaims = R"({"sub":"ann"})";
const std::string kOne(32, '1');
const std::string kTwo(32, '2');
const std::string kThree(32, '3');

Options with_secrets(const std::string& current, std::vector<std::string> previous = {}) {
    Options options;
    options.hs256_secret = current;
    options.previous_hs256_secrets = std::move(previous);
    return options;
}

TEST_CASE("T29: a reload says which keys are accepted no more", "[reload]") {
    const SigningKey key("ES256"), other("ES256");
    Options options;
    options.keys = {{"a", "", "ES256", key.public_pem()}, {"b", "", "ES256", other.public_pem()}};
    TokenVerifierJwt verifier(options);
    CHECK(verifier.reload(options).removed.empty());
    options.keys.pop_back();
    CHECK(verifier.reload(options).removed == Names{"b"});
    CHECK_FALSE(verifier.verify(other.for_kid(kClaims), kNow).claims);
    options.keys[0].material = other.public_pem();
    CHECK(verifier.reload(options).removed == Names{"a"});
    options.keys[0].name = "c";
    CHECK(verifier.reload(options).removed == Names{"a"});
    options.keys.push_back({"d", "", "ES256", key.public_pem()});
    CHECK(verifier.reload(options).removed.empty());
}

TEST_CASE("T29: a secret keeps its name when another takes its place", "[reload]") {
    TokenVerifierJwt verifier(with_secrets(kOne));
    const auto key_of = [&](const std::string& secret) {
        const auto result = verifier.verify(sign_hs256(kClaims, secret), kNow);
        return result.claims ? result.claims->key_id : std::string();
    };
    CHECK(key_of(kOne) == "HS256");
    CHECK(verifier.reload(with_secrets(kTwo, {kOne})).removed.empty());
    CHECK(key_of(kOne) == "HS256");
    CHECK(key_of(kTwo) == "HS256-2");
    CHECK(verifier.reload(with_secrets(kThree, {kTwo})).removed == Names{"HS256"});
    CHECK(key_of(kOne).empty());
    CHECK(key_of(kTwo) == "HS256-2");
    CHECK(verifier.reload(with_secrets(kOne)).removed == Names{"HS256-2", "HS256-3"});
    CHECK(key_of(kOne) == "HS256");
}

TEST_CASE("options that cannot be leave the old ones in force", "[reload]") {
    TokenVerifierJwt verifier(with_secrets(kOne));
    Options bad = with_secrets(kTwo);
    SECTION("a short secret") {
        bad.hs384_secret = "short";
    }
    SECTION("a key that is none") {
        bad.keys = {{"a", "", "ES256", "nothing"}};
    }
    SECTION("a set that is none") {
        bad.jwks = "{}";
    }
    SECTION("a URL that may not be") {
        bad.jwks_url = "http://id.example/";
    }
    SECTION("a limit") {
        bad.max_token_bytes = 8193;
    }
    const auto result = verifier.reload(bad);
    CHECK_FALSE(result.fault.empty());
    CHECK(result.removed.empty());
    CHECK(verifier.verify(sign_hs256(kClaims, kOne), kNow).claims);
    CHECK_FALSE(verifier.verify(sign_hs256(kClaims, kTwo), kNow).claims);
}

TEST_CASE("a reload changes the rules of claims too", "[reload]") {
    TokenVerifierJwt verifier(with_secrets(kOne));
    CHECK(verifier.verify(sign_hs256(kClaims, kOne), kNow).claims);
    Options options = with_secrets(kOne);
    options.require_exp = true;
    CHECK(verifier.reload(options).fault.empty());
    CHECK_FALSE(verifier.verify(sign_hs256(kClaims, kOne), kNow).claims);
}

TEST_CASE("reloads under load fail no token that is good before and after", "[reload]") {
    const SigningKey key("EdDSA");
    Options options = with_secrets(kOne, {kTwo});
    options.keys = {{"a", "", "EdDSA", key.public_pem()}};
    TokenVerifierJwt verifier(options);
    const std::string tokens[] = {sign_hs256(kClaims, kOne), sign_hs256(kClaims, kTwo), key.for_kid(kClaims)};
    std::atomic<bool> done{false};
    std::atomic<int> checked{0}, failed{0};
    std::vector<std::thread> threads;
    for (const std::string& token : tokens) {
        threads.emplace_back([&] {
            while (!done || checked < 300) {
                if (!verifier.verify(token, kNow).claims) ++failed;
                ++checked;
            }
        });
    }
    Options swapped = options, bad = options;
    std::swap(swapped.hs256_secret, swapped.previous_hs256_secrets[0]);
    bad.jwks = "[]";
    int faults = 0;
    for (int i = 0; i < 100; ++i) {
        faults += verifier.reload(i % 2 == 0 ? swapped : options).fault.empty() ? 0 : 1;
        faults += verifier.reload(bad).fault.empty() ? 1 : 0;
    }
    done = true;
    for (std::thread& thread : threads)
        thread.join();
    CHECK(faults == 0);
    CHECK(failed == 0);
}

}  // namespace
}  // namespace fairlead::auth
