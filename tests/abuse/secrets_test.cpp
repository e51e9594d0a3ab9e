// SPDX-License-Identifier: Apache-2.0
// T27: secrets are nowhere in what broker and tools write, nor in what peers are told.
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "support/certificates.h"
#include "support/jwt.h"
#include "support/keys.h"
#include "support/parties.h"
#include "support/raw.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

const std::string kSecret = "canary-secret-of-hs256-1f0c9a7be2";

std::string content_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// What must not be seen, and all that was seen.
class Watch {
public:
    void hide(const std::string& canary) {
        REQUIRE(canary.size() >= 16);
        canaries_.push_back(canary);
    }
    /// Each line and each of the dotted parts of a token alone: a piece of it is a leak as well.
    void hide_parts(const std::string& text, char between) {
        std::istringstream in(text);
        for (std::string part; std::getline(in, part, between);) {
            if (part.size() >= 16 && part.compare(0, 5, "-----") != 0) hide(part);
        }
    }
    void see(const std::string& text) { seen_ += text + '\n'; }
    template <typename T>
    void see(const client::Result<T>& result) {
        if (!result) see(result.error().text);
    }

    std::size_t seen() const { return seen_.size(); }
    void check() const {
        for (const auto& canary : canaries_) {
            INFO("the canary: " << canary);
            const auto at = seen_.find(canary);
            if (at == std::string::npos) continue;
            FAIL_CHECK("seen in: " << seen_.substr(at > 200 ? at - 200 : 0, 400));
        }
    }

private:
    std::vector<std::string> canaries_;
    std::string seen_;
};

/// Runs a program to its end, for what it writes.
void run(Watch& watch, const std::vector<std::string>& command) {
    auto child = client::Child::start(command);
    REQUIRE(child);
    REQUIRE((*child)->wait_exit(kPatience));
    watch.see((*child)->output());
}

struct Tokens {
    std::string good = test::sign_hs256(R"({"sub":"ada","jti":"canary-jti"})", kSecret);
    std::string forged =
        test::sign_hs256(R"({"sub":"canary-user-forged"})", "another-secret-of-32-bytes-at-least");
    std::string expired = test::sign_hs256(R"({"sub":"ada","exp":1000000000,"jti":"canary-old"})", kSecret);
    std::string unsigned_one = test::sign(R"({"alg":"none"})", R"({"sub":"canary-user-of-none"})", kSecret);
    std::string no_claims = test::sign_hs256(R"({"sub":["canary-that-is-a-list"]})", kSecret);
    std::string garbage = "canary-garbage-that-is-no-token";
    std::string half = "canary-first-part-of.canary-second-part-of";
    std::string long_one = "canary-long-" + std::string(6000, 'z');

    std::vector<std::string> all() const {
        return {good, forged, expired, unsigned_one, no_claims, garbage, half, long_one};
    }
};

/// Everything a client can say that has a token in it.
void say_with(Watch& watch, const std::string& url, const client::TlsOptions& tls, const std::string& token) {
    client::ClientOptions options;
    options.websocket.tls = tls;
    options.token = token;
    for (const std::string& at :
         {url, url + "?token=" + token, url + "?token=" + token + "&token=" + token}) {
        auto client = client::Client::connect(at, options);
        options.token.clear();
        watch.see(client);
        if (!client) continue;
        watch.see(client->connected().text());
        const auto quoted = client::quoted(token);
        for (const auto& [command, request] : std::vector<std::pair<std::string, std::string>>{
                 {"subscribe", R"({"channel":"news","token":)" + quoted + "}"},
                 {"subscribe", R"({"channel":"gated:1","token":)" + quoted + "}"},
                 {"sub_refresh", R"({"channel":"news","token":)" + quoted + "}"},
                 {"rpc", R"({"method":"nobody.there","data":{"password":)" + quoted + "}}"},
                 {"rpc", R"({"method":"shop.fails","data":{"password":)" + quoted + "}}"},
                 {"publish", R"({"channel":"gated:1","data":{"password":)" + quoted + "}}"},
                 {"refresh", R"({"token":)" + quoted + "}"},
                 {"rpc", R"({"method":"shop.fails","data":{"password":)" + quoted}}) {
            const auto reply = client->call(command, request);
            watch.see(reply);
            if (reply) watch.see(reply->text());
        }
        if (client->close_event()) watch.see(client->close_event()->payload);
    }
    const auto say_raw = [&](const std::string& request) {
        Raw raw(url, tls);
        raw.send(request);
        watch.see(raw.hear("\r\n\r\n"));
    };
    const std::string path = "GET /connection/websocket?token=" + token;
    const std::string rest = begun_upgrade(url).substr(begun_upgrade(url).find("\r\n") + 2);
    say_raw(path + " HTTP/1.0\r\n" + rest + "\r\n");
    say_raw(path + " HTTP/1.1\r\n\r\n");
    say_raw(path + " HTTP/1.1\r\n" + rest + "Origin: https://elsewhere.example\r\n\r\n");
    say_raw("GET /elsewhere/" + token + " HTTP/1.1\r\n" + rest + "\r\n");
    say_raw("GET /elsewhere?token=" + token + " HTTP/1.1\r\n" + rest + "\r\n");
    say_raw("POST /connection/websocket?token=" + token + " HTTP/1.1\r\n" + rest + "\r\n");
    say_raw(path + "\x01 HTTP/1.1\r\n" + rest + "\r\n");
    say_raw(begun_upgrade(url) + "Authorization: Bearer " + token + "\r\nAuthorization : x\r\n\r\n");
    say_raw(begun_upgrade(url) + "Cookie: session=" + token + "\r\nSec-WebSocket-Protocol: " + token +
            "\r\n\r\n");
}

TEST_CASE("T27: no secret is seen in logs, replies, close reasons or figures", "[secrets]") {
    Watch watch;
    const Certificates certificates;
    KeyFolder keys;
    const TemporaryFile secret(kSecret);
    const Tokens tokens;

    watch.hide(kSecret);
    for (const auto& token : tokens.all())
        watch.hide_parts(token, '.');
    watch.hide(keys.secret("broker"));
    watch.hide(keys.secret("orders"));
    watch.hide(keys.secret("stranger"));
    watch.hide_parts(content_of(certificates("server.key")), '\n');

    keys.configure(table_of("orders", keys.key("orders"), kAllRights) +
                   "[[namespace]]\nname = \"gated\"\nsubscribe = [\"token\"]\npublish = [\"nobody\"]\n");
    auto options = keys.options();
    for (const std::string& option :
         {"token.hs256_secret_file=" + secret.path(), std::string("client.insecure_token_in_url=true"),
          "websocket.tls_certificate_file=" + certificates("server.pem"),
          "websocket.tls_key_file=" + certificates("server.key")}) {
        options.insert(options.end(), {"--set", option});
    }
    Inbox<std::string> log;
    {
        Broker broker(options);
        Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders", "broker", &log)};
        orders.on("shop.fails", [](Request&, const Value&) -> Value { throw std::runtime_error("broken"); });
        join(orders);
        Service stranger{"stranger", "1.0.0",
                         keys.service(broker.backplane_address(), "stranger", "broker", &log)};
        stranger.start();

        client::TlsOptions tls;
        tls.ca_file = certificates("ca.pem");
        for (const auto& token : tokens.all())
            say_with(watch, broker.websocket_url(), tls, token);

        broker.process().signal(SIGHUP);
        REQUIRE(broker.process().wait_for_output("configuration reloaded", kPatience));
        const auto revoked = orders.revoke(Revocation::token("canary-jti")).wait();
        CHECK(revoked);
        CHECK_FALSE(stranger.ready(std::chrono::milliseconds(0)));
        const auto stats = orders.stats();
        CHECK(stats.errors > 0);

        run(watch, {program("fairlead"), "sub", "news", "--url", broker.websocket_url(), "--ca-file",
                    tls.ca_file, "--token", tokens.forged, "--timeout", "2"});
        run(watch,
            {program("fairlead"), "call", "shop.fails", "{}", "--broker", broker.backplane_address(),
             "--key-file", keys.path("stranger"), "--server-key", keys.key("broker"), "--timeout", "1"});
        broker.process().signal(SIGTERM);
        REQUIRE(broker.process().wait_exit(kPatience));
        watch.see(broker.process().output());
        CHECK(broker.process().output().find("upgrade refused") !=
              std::string::npos);  // what it says of strangers
    }
    for (auto line = log.take(std::chrono::milliseconds(0)); line;
         line = log.take(std::chrono::milliseconds(0)))
        watch.see(*line);
    CHECK(watch.seen() > 10'000);
    watch.check();
}

TEST_CASE("T27: what is wrong with a secret is said without it", "[secrets]") {
    Watch watch;
    const TemporaryFile too_short("canary-too-short-secret");
    const TemporaryFile no_key("public_key = \"not-a-key\"\nsecret_key = \"canary-no-secret-key-at-all\"\n");
    const TemporaryFile no_json(R"({"keys":[{"kty":"oct","k":"canary-key-of-a-set"},canary-behind-the-key])");
    const TemporaryFile odd_json(R"({"keys":[{"kty":"EC","d":"canary-private-number","alg":"ES999"}]})");
    const TemporaryFile no_pem(
        "-----BEGIN PRIVATE KEY-----\ncanary-key-of-tls-in-base64\n-----END PRIVATE KEY-----\n");
    const TemporaryFile open_file("canary-secret-that-all-can-read-0123456789");
    REQUIRE(::chmod(open_file.path().c_str(), 0644) == 0);
    const Certificates certificates;
    for (const TemporaryFile* file : {&too_short, &no_key, &no_json, &odd_json, &no_pem, &open_file}) {
        const std::string text = content_of(file->path());
        for (auto at = text.find("canary"); at != std::string::npos; at = text.find("canary", at + 1))
            watch.hide(text.substr(at, text.find_first_of("\"\n]", at) - at));
    }
    const std::string pair = "websocket.tls_certificate_file=" + certificates("server.pem");
    for (const TemporaryFile* file : {&too_short, &no_key, &no_json, &odd_json, &no_pem, &open_file}) {
        for (const std::string option : {"token.hs256_secret_file=", "token.jwks_file=",
                                         "backplane.secret_key_file=", "websocket.tls_key_file="}) {
            const std::vector<std::string> set{"--set", option + file->path(), "--set", pair,
                                               "--set", "log.level=debug"};
            for (std::vector<std::string> command :
                 {std::vector<std::string>{program("fairlead-broker"), "--check-config"},
                  {program("fairlead"), "config", "show"}}) {
                command.insert(command.end(), set.begin(), set.end());
                run(watch, command);
            }
            std::vector<std::string> command{program("fairlead-broker"), "--set",
                                             "websocket.listen=127.0.0.1:0", "--set",
                                             "backplane.listen=tcp://127.0.0.1:*"};
            command.insert(command.end(), set.begin(), set.end());
            const auto broker = client::Child::start(command);
            REQUIRE(broker);
            (*broker)->wait_for_output("ready", kPatience);  // or it has ended
            watch.see((*broker)->output());
        }
    }
    CHECK(watch.seen() > 10'000);
    watch.check();
}

}  // namespace
}  // namespace fairlead::support
