// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <catch2/catch.hpp>
#include <deque>
#include <stdexcept>
#include <thread>

#include "auth/token_verifier_jwt.h"
#include "support/inbox.h"
#include "support/jwt.h"
#include "support/signing_key.h"
#include "unit/auth/key_server.h"

/// Keys from a URL, fetched from a real server on loopback; the clock stands still until it is told to move.
namespace fairlead::auth {
namespace {

using namespace std::chrono_literals;
using core::TokenFault;
using fairlead::test::SigningKey;
using support::Inbox;
using test::KeyServer;

const base::Wall kNow{1'700'000'000s};
const std::string kClaims = R"({"sub":"ann"})";

/// A manual clock that threads may share.
class SharedClock final : public base::Clock {
public:
    base::Steady now() const override { return base::Steady(base::Steady::duration(steady_.load())); }
    base::Wall wall() const override { return kNow; }
    void advance(base::Steady::duration by) { steady_ += by.count(); }

private:
    std::atomic<base::Steady::rep> steady_{base::Steady::duration(1h).count()};
};

/// What is logged, for the test that waits for it.
class LogLines final : public base::Log {
public:
    bool enabled(base::LogLevel) const noexcept override { return true; }
    void write(base::LogLevel, std::string_view message, base::LogFields fields) noexcept override {
        lines_.put(base::format_log_line(message, fields));
    }
    /// Waits for a line that begins so; those before it are forgotten.
    std::string await(const std::string& start) {
        while (auto line = lines_.take())
            if (line->compare(0, start.size(), start) == 0) return *line;
        return {};
    }

private:
    Inbox<std::string> lines_;
};

std::string set_of(const SigningKey& key, const std::string& kid) {
    return "{\"keys\":[" + key.jwk(",\"kid\":\"" + kid + "\"") + "]}";
}

/// A verifier that has its keys from a server.
struct Stand {
    SigningKey key{"ES256"};
    KeyServer server;
    SharedClock clock;
    LogLines log;
    Inbox<TokenVerifierJwt::Names> removed;
    Options options;
    std::unique_ptr<TokenVerifierJwt> verifier;

    Stand() {
        server.answer(set_of(key, "k"));
        options.jwks_url = server.url();
    }
    void start() {
        verifier = std::make_unique<TokenVerifierJwt>(
            options,
            TokenVerifierJwt::Outside{clock, log, [this](auto names) { removed.put(std::move(names)); }});
    }
    void start_and_fetch() {
        start();
        REQUIRE_FALSE(log.await("keys of tokens fetched").empty());
    }
    core::TokenResult verify(const std::string& token) const { return verifier->verify(token, kNow); }
    /// The next fetch begins: time passes, and somebody wants a key.
    void fetch_again(base::Steady::duration after = 30s) {
        clock.advance(after);
        verify(key.for_kid(kClaims, "unknown"));
    }
};

TEST_CASE("keys of a URL are used as soon as they are there", "[fetch]") {
    Stand stand;
    stand.server.hold();
    stand.start();
    REQUIRE(stand.server.await_requests(1));
    for (const std::string& kid : {std::string("k"), std::string()}) {
        const auto early = stand.verify(stand.key.for_kid(kClaims, kid));
        CHECK_FALSE(early.claims);
        CHECK(early.fault == TokenFault::expired);  // the SDK comes back
    }
    stand.server.release();
    CHECK(stand.log.await("keys of tokens fetched") == "keys of tokens fetched keys=1 ignored=0");
    const auto result = stand.verify(stand.key.for_kid(kClaims, "k"));
    REQUIRE(result.claims);
    CHECK(result.claims->key_id == "jwks_url:k");
    CHECK(stand.verify(stand.key.for_kid(kClaims)).claims);
}

TEST_CASE("T22: a flood of unknown kids brings one fetch in 30 s", "[fetch]") {
    Stand stand;
    stand.start_and_fetch();
    constexpr std::size_t kRounds = 20;
    for (std::size_t round = 1; round <= kRounds; ++round) {
        for (int second = 0; second < 30; ++second) {
            for (int i = 0; i < 10; ++i) {
                const auto result = stand.verify(stand.key.for_kid(kClaims, "k" + std::to_string(i)));
                REQUIRE_FALSE(result.claims);
                REQUIRE(result.fault == TokenFault::expired);
            }
            stand.clock.advance(1s);
        }
        stand.fetch_again(0s);
        REQUIRE(stand.server.await_requests(round + 1));
    }
    CHECK(stand.server.requests() == kRounds + 1);
}

TEST_CASE("T22: what a token cannot have a key for is invalid and fetches nothing", "[fetch]") {
    Stand stand;
    stand.start_and_fetch();
    stand.clock.advance(1min);
    const SigningKey other("ES256");
    const std::string secret(32, 'k');
    for (const std::string& token :
         {other.for_kid(kClaims, "k"), other.for_kid(kClaims), std::string("a.b.c"),
          fairlead::test::sign(R"({"alg":"HS256","kid":"x"})", kClaims, secret),
          fairlead::test::sign(R"({"alg":"none","kid":"x"})", kClaims, secret),
          fairlead::test::sign(R"({"alg":"ES512","kid":"x"})", kClaims, secret),
          fairlead::test::sign(R"({"alg":"ES256","kid":"x","jku":"http://127.0.0.1/"})", kClaims, secret),
          fairlead::test::sign("{\"alg\":\"ES256\",\"kid\":\"" + std::string(129, 'x') + "\"}", kClaims,
                               secret)}) {
        const auto result = stand.verify(token);
        CHECK_FALSE(result.claims);
        CHECK(result.fault == TokenFault::invalid);
    }
    stand.fetch_again(0s);  // the one that counts
    REQUIRE(stand.server.await_requests(2));
    CHECK(stand.server.requests() == 2);
}

TEST_CASE("a key that is new in the set is found by the token that names it", "[fetch]") {
    Stand stand;
    stand.start_and_fetch();
    const SigningKey next("EdDSA");
    stand.server.answer("{\"keys\":[" + stand.key.jwk(R"(,"kid":"k")") + "," + next.jwk(R"(,"kid":"n")") +
                        "]}");
    stand.clock.advance(31s);
    CHECK(stand.verify(next.for_kid(kClaims, "n")).fault == TokenFault::expired);
    CHECK(stand.log.await("keys of tokens fetched") == "keys of tokens fetched keys=2 ignored=0");
    CHECK(stand.verify(next.for_kid(kClaims, "n")).claims);
    CHECK(stand.verify(stand.key.for_kid(kClaims, "k")).claims);
    CHECK(stand.removed.size() == 0);
}

TEST_CASE("T29: a key that is gone from the set is told and no longer accepted", "[fetch]") {
    Stand stand;
    stand.start_and_fetch();
    const SigningKey next("ES256");
    stand.server.answer(set_of(next, GENERATE("n", "k")));
    stand.fetch_again();
    CHECK(stand.removed.take() == TokenVerifierJwt::Names{"jwks_url:k"});
    CHECK_FALSE(stand.verify(stand.key.for_kid(kClaims, "k")).claims);
}

TEST_CASE("F26: old keys stay while a fetch fails, until they are too old", "[fetch]") {
    Stand stand;
    stand.options.jwks_max_age = 1h;
    stand.start_and_fetch();
    const auto [head, body] = GENERATE(table<std::string, std::string>(
        {{"503 Service Unavailable", ""}, {"200 OK", "<html>"}, {"200 OK", R"({"keys":[]})"}}));
    stand.server.answer(body, head);
    stand.fetch_again();
    CHECK_FALSE(stand.log.await("the keys of tokens cannot be fetched").empty());
    CHECK(stand.verify(stand.key.for_kid(kClaims, "k")).claims);
    stand.fetch_again(30min);
    CHECK(stand.server.await_requests(3));
    CHECK(stand.verify(stand.key.for_kid(kClaims, "k")).claims);
    stand.fetch_again(30min);
    CHECK_FALSE(stand.log.await("the keys of tokens are too old").empty());
    CHECK(stand.server.await_requests(4));
    CHECK(stand.verify(stand.key.for_kid(kClaims, "k")).fault == TokenFault::expired);
    stand.server.answer(set_of(stand.key, "k"));
    stand.fetch_again();
    CHECK_FALSE(stand.log.await("keys of tokens fetched").empty());
    CHECK(stand.verify(stand.key.for_kid(kClaims, "k")).claims);
    CHECK(stand.removed.size() == 0);
}

TEST_CASE("F26: nobody waits for an endpoint that does not answer", "[fetch]") {
    Stand stand;
    stand.server.hold();
    stand.options.hs256_secret = std::string(32, 'k');
    stand.start();
    REQUIRE(stand.server.await_requests(1));
    // All of it while the one request is open: had any call waited for it, this would not come to its end.
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(stand.verify(fairlead::test::sign_hs256(kClaims, stand.options.hs256_secret)).claims);
        REQUIRE(stand.verify(stand.key.for_kid(kClaims, "k")).fault == TokenFault::expired);
    }
    CHECK(stand.server.requests() == 1);
    stand.verifier.reset();  // ends the request
}

TEST_CASE("answers that are not the set itself are refused", "[fetch]") {
    Stand stand;
    SECTION("a redirect is not followed") {
        KeyServer other;
        other.answer(set_of(stand.key, "k"));
        stand.server.answer("", "302 Found\r\nLocation: " + other.url());
        stand.start();
        CHECK(stand.log.await("the keys of tokens cannot be fetched").find("status 302") !=
              std::string::npos);
        CHECK(other.requests() == 0);
    }
    SECTION("a body of more than 256 KiB") {
        stand.server.answer(set_of(stand.key, "k") + std::string(256 * 1024, ' '));
        stand.start();
        CHECK(stand.log.await("the keys of tokens cannot be fetched").find("too large") != std::string::npos);
    }
    SECTION("a body that announces too much") {
        stand.server.answer(std::string(8 * 1024 * 1024, ' '));
        stand.start();
        CHECK(stand.log.await("the keys of tokens cannot be fetched").find("too large") != std::string::npos);
    }
    SECTION("secrets") {
        stand.server.answer(
            R"({"keys":[{"kty":"oct","kid":"k","alg":"HS256","k":"a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s"}]})");
        stand.start();
        CHECK(stand.log.await("the keys of tokens cannot be fetched").find("secret") != std::string::npos);
        CHECK_FALSE(
            stand.verify(fairlead::test::sign(R"({"alg":"HS256","kid":"k"})", kClaims, std::string(32, 'k')))
                .claims);
    }
    CHECK_FALSE(stand.verify(stand.key.for_kid(kClaims, "k")).claims);
}

TEST_CASE("where keys may be fetched from", "[fetch]") {
    for (const char* url :
         {"https://id.example/keys", "https://127.0.0.1:8443/", "http://127.0.0.1:80/k", "http://localhost/k",
          "http://localhost:1/k", "http://[::1]/k", "http://[::1]:80/k"}) {
        CAPTURE(url);
        CHECK(Download::refuse(url, false).empty());
    }
    for (const char* url :
         {"http://id.example/keys", "http://127.0.0.2/", "http://10.0.0.1/", "http://localhost.example/",
          "http://127.0.0.1.example/", "http://[::1].example/", "http://[::2]/"}) {
        CAPTURE(url);
        CHECK_FALSE(Download::refuse(url, false).empty());
        CHECK(Download::refuse(url, true).empty());
    }
    for (const char* url :
         {"", "/etc/keys.json", "file:///etc/keys.json", "ftp://id.example/k", "HTTPS://id.example/",
          "https://", "https:///k", "https://:443/k", "https://me:pass@id.example/k",
          "http://127.0.0.1@id.example/", "http://127.0.0.1\\@id.example/", "https://id.example/a b",
          "https://id.example/\r\nX: y", "gopher://127.0.0.1/"}) {
        CAPTURE(url);
        CHECK_FALSE(Download::refuse(url, true).empty());
        Options options;
        options.jwks_url = url;
        if (*url != '\0') CHECK_FALSE(TokenVerifierJwt::refuse(options).empty());
    }
}

TEST_CASE("a reload with the same URL keeps what was fetched, another URL begins anew", "[fetch]") {
    Stand stand;
    stand.start_and_fetch();
    stand.options.leeway = 10s;
    CHECK(stand.verifier->reload(stand.options).removed.empty());
    CHECK(stand.verify(stand.key.for_kid(kClaims, "k")).claims);
    CHECK(stand.server.requests() == 1);
    KeyServer other;
    const SigningKey next("ES256");
    other.answer(set_of(next, "n"));
    stand.options.jwks_url = other.url();
    CHECK(stand.verifier->reload(stand.options).removed == TokenVerifierJwt::Names{"jwks_url:k"});
    CHECK_FALSE(stand.log.await("keys of tokens fetched").empty());
    CHECK(stand.verify(next.for_kid(kClaims, "n")).claims);
    CHECK_FALSE(stand.verify(stand.key.for_kid(kClaims, "k")).claims);
    stand.options.jwks_url.clear();
    stand.options.hs256_secret = std::string(32, 'k');
    CHECK(stand.verifier->reload(stand.options).removed == TokenVerifierJwt::Names{"jwks_url:n"});
    CHECK(stand.verify(next.for_kid(kClaims, "n")).fault == TokenFault::invalid);
}

}  // namespace
}  // namespace fairlead::auth
