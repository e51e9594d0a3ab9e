// SPDX-License-Identifier: Apache-2.0
// T3: peers that begin TLS and do not go on.
#include <catch2/catch.hpp>
#include <iostream>

#include "client/client.h"
#include "client/stream_tls.h"
#include "support/broker.h"
#include "support/certificates.h"
#include "support/footprint.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

using client::Clock;
using namespace std::chrono_literals;

struct Stand {
    Certificates certificates;
    Broker broker{{"--set", "websocket.tls_certificate_file=" + certificates("server.pem"), "--set",
                   "websocket.tls_key_file=" + certificates("server.key"), "--set",
                   "websocket.tls_handshake_timeout=1s", "--set", "client.upgrade_timeout=1s"}};

    std::uint16_t port() const { return client::parse_url(broker.websocket_url())->port; }
    std::unique_ptr<client::Stream> tcp() const {
        return std::move(*client::connect_tcp("127.0.0.1", port(), Clock::now() + kPatience));
    }
    bool lives() const {
        client::ClientOptions options;
        options.websocket.tls.ca_file = certificates("ca.pem");
        return static_cast<bool>(client::Client::connect(broker.websocket_url(), options));
    }
};

bool is_cut(client::Stream& stream) {
    char byte = 0;
    const auto got = stream.read(&byte, 1, Clock::now() + kPatience);
    return got ? *got == 0 : got.error().fault == client::Fault::closed;
}

// The first bytes of a ClientHello of 512.
const std::string kHello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);

TEST_CASE("T3: a peer that says nothing is cut, two hundred times at once", "[tls]") {
    const Stand stand;
    std::vector<std::unique_ptr<client::Stream>> peers;
    for (int i = 0; i < 200; ++i)
        peers.push_back(stand.tcp());
    CHECK(stand.lives());
    for (auto& peer : peers)
        CHECK(is_cut(*peer));
    CHECK(stand.lives());
}

TEST_CASE("T3: a ClientHello that dribbles is cut", "[tls]") {
    const Stand stand;
    auto peer = stand.tcp();
    bool cut = false;
    for (int i = 0; i < 400 && !cut; ++i) {
        const std::string byte(1, i < static_cast<int>(kHello.size()) ? kHello[static_cast<std::size_t>(i)] : '\0');
        cut = !peer->write(byte, Clock::now() + kPatience);
        char answer = 0;
        const auto got = peer->read(&answer, 1, Clock::now() + 50ms);
        cut = cut || (got && *got == 0) || (!got && got.error().fault != client::Fault::timeout);
    }
    CHECK(cut);
    CHECK(stand.lives());
}

TEST_CASE("T3: a peer that is silent after its handshake is cut", "[tls]") {
    const Stand stand;
    client::TlsOptions options;
    options.ca_file = stand.certificates("ca.pem");
    auto socket = client::connect_socket("127.0.0.1", stand.port(), Clock::now() + kPatience);
    REQUIRE(socket);
    auto peer = client::begin_tls(std::move(*socket), "127.0.0.1", options, Clock::now() + kPatience);
    REQUIRE(peer);
    CHECK(is_cut(**peer));
    CHECK(stand.lives());
}

TEST_CASE("T3: an idle client in TLS holds at most 24 KiB of the broker", "[tls][idle]") {
    const Certificates certificates;
    Broker broker({"--set", "websocket.tls_certificate_file=" + certificates("server.pem"), "--set",
                   "websocket.tls_key_file=" + certificates("server.key")});
    client::ClientOptions options;
    options.websocket.tls.ca_file = certificates("ca.pem");
    std::vector<client::Client> clients;
    const auto enter_until = [&](std::size_t count) {
        while (clients.size() < count)
            clients.push_back(enter(broker, options));
        return footprint_of(broker.process().pid()).resident;
    };
    const std::size_t before = enter_until(100);
    const std::size_t after = enter_until(800);
    REQUIRE(before > 0);
    const double each = (static_cast<double>(after) - static_cast<double>(before)) / 700.0;
    std::cout << "idle client in TLS: " << each / 1024.0 << " KiB\n";
    CHECK(each <= 24.0 * 1024.0);
}

}  // namespace
}  // namespace fairlead::support
