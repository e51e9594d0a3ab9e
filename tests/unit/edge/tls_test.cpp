// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <variant>

#include "client_frames.h"
#include "edge/tls_identity.h"
#include "edge_fixture.h"
#include "support/certificates.h"
#include "tls_client.h"

using namespace std::chrono_literals;
using namespace fairlead;
using namespace fairlead::edge;
using namespace fairlead::edge::test;

namespace {

const support::Certificates& certificates() {
    static const support::Certificates kMade;
    return kMade;
}

Options with_tls(const std::string& pair = "server") {
    Options options;
    options.tls_certificate_file = certificates()(pair + ".pem");
    options.tls_key_file = certificates()(pair + ".key");
    return options;
}

// An edge thread behind TLS, and one connection to it.
struct Stand {
    explicit Stand(Options given = with_tls())
        : options(std::move(given)),
          identity(options, clock, log),
          thread(options, &identity),
          peer(thread.connect()),
          client(thread, peer) {}

    bool gone() const { return peer.connection->gone(); }

    Options options;
    base::SystemClock clock;
    base::SilentLog log;
    TlsIdentity identity;
    Thread thread;
    Peer peer;
    TlsClient client;
};

std::string load_fault(const Options& options) { return tls_fault(options, std::chrono::system_clock::now()); }

}  // namespace

TEST_CASE("a client shakes hands and is upgraded", "[edge][tls]") {
    Stand stand;
    bool old = GENERATE(false, true);
    std::size_t piece = GENERATE(64 * 1024, 1);
    SSL_CTX_set_max_proto_version(stand.client.context(), old ? TLS1_2_VERSION : TLS1_3_VERSION);
    REQUIRE(stand.client.shake_hands(piece));
    CHECK(SSL_version(stand.client.ssl()) == (old ? TLS1_2_VERSION : TLS1_3_VERSION));
    stand.client.write(upgrade_request());
    CHECK(stand.client.read().rfind("HTTP/1.1 101", 0) == 0);
    stand.client.write(text(R"({"connect":{},"id":1})"));
    CHECK(stand.thread.posted().size() == 1);
}

TEST_CASE("T43: versions and suites that are not ours are refused", "[edge][tls]") {
    Stand stand;
    SECTION("TLS 1.1") { SSL_CTX_set_max_proto_version(stand.client.context(), TLS1_1_VERSION); }
    SECTION("no authenticated encryption") {
        SSL_CTX_set_max_proto_version(stand.client.context(), TLS1_2_VERSION);
        SSL_CTX_set_cipher_list(stand.client.context(), "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384");
    }
    CHECK_FALSE(stand.client.shake_hands());
    CHECK(stand.gone());
}

TEST_CASE("the protocol is http/1.1, and no other", "[edge][tls]") {
    Stand stand;
    SECTION("offered") {
        SSL_CTX_set_alpn_protos(stand.client.context(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
        REQUIRE(stand.client.shake_hands());
        const unsigned char* chosen = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(stand.client.ssl(), &chosen, &size);
        CHECK(std::string(reinterpret_cast<const char*>(chosen), size) == "http/1.1");
    }
    SECTION("another one only") {
        SSL_CTX_set_alpn_protos(stand.client.context(), reinterpret_cast<const unsigned char*>("\x02h2"), 3);
        CHECK_FALSE(stand.client.shake_hands());
    }
}

TEST_CASE("T43: renegotiation ends the connection", "[edge][tls]") {
    Stand stand;
    SSL_CTX_set_max_proto_version(stand.client.context(), TLS1_2_VERSION);
    REQUIRE(stand.client.shake_hands());
    stand.client.write(upgrade_request());
    REQUIRE(SSL_renegotiate(stand.client.ssl()) == 1);
    SSL_do_handshake(stand.client.ssl());
    stand.client.carry();
    CHECK(stand.gone());
}

TEST_CASE("T3: new keys without end are cut", "[edge][tls]") {
    Stand stand;
    REQUIRE(stand.client.shake_hands());
    stand.client.write(upgrade_request());
    int updates = 0;
    for (; updates < 200 && !stand.gone(); ++updates) {
        SSL_key_update(stand.client.ssl(), SSL_KEY_UPDATE_REQUESTED);
        SSL_do_handshake(stand.client.ssl());
        stand.client.carry();
    }
    CHECK(stand.gone());
    CHECK(updates > 64);
}

TEST_CASE("T3: handshake and upgrade have a deadline each", "[edge][tls]") {
    Stand stand;
    SECTION("nothing is said") {}
    SECTION("a handshake that dribbles") {
        SSL_do_handshake(stand.client.ssl());
        std::string hello = stand.client.output();
        for (std::size_t i = 0; i < 4; ++i) {
            stand.thread.write(stand.peer, std::string_view(hello).substr(i, 1));
            stand.thread.advance(1s);
        }
    }
    SECTION("silence after the handshake") {
        stand.thread.advance(4s);
        REQUIRE(stand.client.shake_hands());
        stand.thread.advance(4900ms);
        REQUIRE_FALSE(stand.gone());
        stand.thread.advance(200ms);
        CHECK(stand.gone());
        return;
    }
    REQUIRE_FALSE(stand.gone());
    stand.thread.advance(5001ms);
    CHECK(stand.gone());
}

TEST_CASE("T3: a hello is refused for the length that it declares", "[edge][tls]") {
    auto hello = [](unsigned length) {
        std::string bytes("\x16\x03\x01\x02\x00\x01", 6);
        for (int shift : {16, 8, 0}) bytes += static_cast<char>(length >> shift & 0xffU);
        return bytes;
    };
    for (std::size_t piece : {std::size_t{1}, std::size_t{64}}) {
        HelloWatch watch;
        std::string fits = hello(16 * 1024) + std::string(0x200 - 4, 'x') + hello(512);
        bool good = true;
        for (std::size_t i = 0; i < fits.size(); i += piece) good = good && watch.follow(std::string_view(fits).substr(i, piece));
        CHECK(good);
        CHECK_FALSE(HelloWatch().follow(hello(16 * 1024 + 1)));
        CHECK_FALSE(HelloWatch().follow(std::string("\x16\x03\x01\x00\x03\x01\x00\x00\x00", 9)));
    }
    Stand stand;
    stand.thread.write(stand.peer, hello(100'000));
    CHECK(stand.gone());
}

TEST_CASE("what is no TLS ends the connection", "[edge][tls]") {
    Stand stand;
    stand.thread.write(stand.peer, upgrade_request());
    CHECK(stand.gone());
}

TEST_CASE("output that the kernel does not take is held, counted and arrives whole", "[edge][tls]") {
    Stand stand;
    REQUIRE(stand.client.shake_hands());
    stand.client.write(upgrade_request());
    stand.client.read();
    std::string wanted;
    for (int i = 0; i < 12; ++i) {
        std::string part(50'000, static_cast<char>('a' + i));
        wanted += part;
        stand.peer.connection->send(Frame::raw(part));
    }
    stand.thread.flush();
    CHECK(stand.peer.connection->queued_bytes() > 0);
    CHECK(stand.thread.context.queued_bytes == stand.peer.connection->queued_bytes());
    std::string got;
    for (int i = 0; i < 1000 && got.size() < wanted.size(); ++i) {
        got += stand.client.read();
        stand.peer.connection->on_ready(EPOLLOUT);
    }
    CHECK((got == wanted));
    CHECK(stand.thread.context.queued_bytes == 0);
}

TEST_CASE("the end is said with close_notify", "[edge][tls]") {
    Stand stand;
    REQUIRE(stand.client.shake_hands());
    stand.client.write("GET / HTTP/1.1\r\n\r\n");
    CHECK(stand.client.read().rfind("HTTP/1.1 4", 0) == 0);
    CHECK((SSL_get_shutdown(stand.client.ssl()) & SSL_RECEIVED_SHUTDOWN) != 0);
}

TEST_CASE("a session is resumed by its ticket", "[edge][tls]") {
    Stand stand;
    bool old = GENERATE(false, true);
    SSL_CTX_set_max_proto_version(stand.client.context(), old ? TLS1_2_VERSION : TLS1_3_VERSION);
    REQUIRE(stand.client.shake_hands());
    stand.client.read();
    REQUIRE(stand.client.session != nullptr);
    TlsClient again(stand.thread, stand.thread.connect());
    SSL_CTX_set_max_proto_version(again.context(), old ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_set_session(again.ssl(), stand.client.session);
    REQUIRE(again.shake_hands());
    CHECK(SSL_session_reused(again.ssl()) == 1);
}

TEST_CASE("T43: ticket keys change each hour, and the one before still opens", "[edge][tls]") {
    base::ManualClock clock;
    TicketKeys keys(clock);
    auto first = keys.current();
    CHECK(keys.current().name == first.name);
    clock.advance(61min);
    auto second = keys.current();
    CHECK(second.name != first.name);
    CHECK(second.cipher != first.cipher);
    CHECK(keys.named(first.name.data())->mac == first.mac);
    clock.advance(61min);
    keys.current();
    CHECK_FALSE(keys.named(first.name.data()));
    CHECK(keys.named(second.name.data()));
    clock.advance(10h);
    CHECK_FALSE(keys.named(second.name.data()));
}

TEST_CASE("T45: a client certificate names the user", "[edge][tls]") {
    Options options = with_tls();
    options.tls_client_ca_file = certificates()("ca.pem");
    options.tls_client_required = GENERATE(false, true);
    Stand stand(options);
    auto use = [&](const std::string& name) {
        REQUIRE(SSL_CTX_use_certificate_file(stand.client.context(), certificates()(name + ".pem").c_str(), SSL_FILETYPE_PEM) == 1);
        REQUIRE(SSL_CTX_use_PrivateKey_file(stand.client.context(), certificates()(name + ".key").c_str(), SSL_FILETYPE_PEM) == 1);
    };
    auto connect = [&](const std::string& command) {
        stand.client.shake_hands();
        if (stand.gone()) return std::optional<std::string>();
        stand.client.write(upgrade_request());
        stand.client.read();
        stand.client.write(text(command));
        auto posted = stand.thread.posted();
        if (posted.size() != 1) return std::optional<std::string>();
        auto& ask = std::get<std::unique_ptr<core::Connect>>(posted[0]);
        return std::optional<std::string>(ask->claims ? ask->claims->user : "no claims");
    };
    SECTION("of our authority") {
        use("client");
        CHECK(connect(R"({"connect":{},"id":1})") == "ada@example.com");
    }
    SECTION("but a token comes first") {
        use("client");
        CHECK(connect(R"({"connect":{"token":"bob"},"id":1})") == "bob");
    }
    SECTION("of another authority it is refused") {
        use("stranger");
        CHECK_FALSE(connect(R"({"connect":{},"id":1})"));
        CHECK(stand.gone());
    }
    SECTION("without one") {
        auto user = connect(R"({"connect":{},"id":1})");
        CHECK(user.has_value() != options.tls_client_required);
        if (user) CHECK(user == "no claims");
    }
}

TEST_CASE("files that are no good are refused, and it is said why", "[edge][tls]") {
    CHECK(load_fault({}).empty());
    CHECK(load_fault(with_tls()).empty());
    auto fault = [](auto change) {
        Options options = with_tls();
        change(options);
        return load_fault(options);
    };
    CHECK_THAT(fault([](Options& o) { o.tls_key_file = certificates()("client.key"); }), Catch::Contains("is not the key of"));
    CHECK_THAT(load_fault(with_tls("expired")), Catch::Contains("is expired"));
    CHECK_THAT(load_fault(with_tls("nobody")), Catch::Contains("cannot be read"));
    CHECK_THAT(fault([](Options& o) { o.tls_certificate_file = o.tls_key_file; }), Catch::Contains("holds no certificate"));
    CHECK_THAT(fault([](Options& o) { o.tls_client_ca_file = o.tls_key_file; }), Catch::Contains("holds no certificate"));
    CHECK_THAT(fault([](Options& o) { o.tls_key_file = "/"; }), Catch::Contains("no regular file"));
    certificates().copy("server.key", "open.key");
    std::filesystem::permissions(certificates()("open.key"), std::filesystem::perms(0640));
    CHECK_THAT(fault([](Options& o) { o.tls_key_file = certificates()("open.key"); }), Catch::Contains("chmod 600"));
    base::SystemClock clock;
    base::SilentLog log;
    Options expired = with_tls("expired");
    CHECK_THROWS_WITH(TlsIdentity(expired, clock, log), Catch::Contains("no TLS"));
}

TEST_CASE("T44: a certificate changes with its files; a pair that is no good changes nothing", "[edge][tls]") {
    certificates().copy("server.pem", "live.pem");
    certificates().copy("server.key", "live.key");
    Options options = with_tls("live");
    base::ManualClock clock;
    base::SilentLog log;
    TlsIdentity identity(options, clock, log);
    auto first = identity.current();
    CHECK(first->certificate().names == "localhost 127.0.0.1 ::1");
    auto look = [&] {
        clock.advance(2s);
        identity.look();
    };
    look();
    look();
    CHECK(identity.current() == first);

    std::string why;
    certificates().copy("client.key", "live.key");
    CHECK_FALSE(identity.reload(why));
    CHECK_THAT(why, Catch::Contains("is not the key of"));
    CHECK(identity.current() == first);

    certificates().replace("live", "renewed");
    look();
    CHECK(identity.current() == first);  // still may be half of it
    look();
    CHECK(identity.current() != first);
    CHECK(identity.reload(why));
}
