// SPDX-License-Identifier: Apache-2.0
// Clients over TLS, and certificates that change under load.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "support/certificates.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

std::vector<std::string> with_tls(const Certificates& certificates, int threads, std::vector<std::string> more = {}) {
    more.push_back("websocket.tls_certificate_file=" + certificates("server.pem"));
    more.push_back("websocket.tls_key_file=" + certificates("server.key"));
    return with_threads(threads, more);
}

client::ClientOptions trusting(const std::string& ca_file) {
    client::ClientOptions options;
    options.websocket.tls.ca_file = ca_file;
    return options;
}

TEST_CASE("clients call and hear over TLS", "[tls]") {
    const Certificates certificates;
    Broker broker(with_tls(certificates, GENERATE(1, 3)));
    REQUIRE(broker.websocket_url().rfind("wss://", 0) == 0);
    Service service{"shop", "1.0.0", behind(broker)};
    service.on("shop.echo", [](Request&, const Value& value) { return value; });
    join(service);
    auto client = enter(broker, trusting(certificates("ca.pem")));
    const std::string large = "\"" + std::string(40'000, 'x') + "\"";
    CHECK(ask(client, "shop.echo", large).data == large);
    subscribe(client, "news");
    REQUIRE(service.channel("news").publish("hello").wait());
    CHECK(next(client).data == R"("hello")");
}

TEST_CASE("a client trusts its authority alone, unless it is told otherwise", "[tls]") {
    const Certificates certificates;
    Broker broker(with_tls(certificates, 1));
    const auto enters = [&](const client::ClientOptions& options) {
        return static_cast<bool>(client::Client::connect(broker.websocket_url(), options));
    };
    CHECK(enters(trusting(certificates("ca.pem"))));
    CHECK_FALSE(enters(trusting(certificates("other_ca.pem"))));
    auto careless = trusting({});
    CHECK_FALSE(enters(careless));
    careless.websocket.tls.insecure_skip_verify = true;
    CHECK(enters(careless));
    CHECK_FALSE(client::Client::connect("ws" + broker.websocket_url().substr(3)));
}

TEST_CASE("T45: a client certificate stands for a token", "[tls]") {
    const Certificates certificates;
    Broker broker(with_tls(certificates, 1, {"websocket.tls_client_ca_file=" + certificates("ca.pem"),
                                             "client.anonymous=false"}));
    Service service{"shop", "1.0.0", behind(broker)};
    service.on("shop.who", [](Request& request) { return request.caller().user; });
    join(service);
    auto options = trusting(certificates("ca.pem"));
    CHECK_FALSE(client::Client::connect(broker.websocket_url(), options));
    options.websocket.tls.certificate_file = certificates("client.pem");
    options.websocket.tls.key_file = certificates("client.key");
    auto client = enter(broker, options);
    CHECK(ask(client, "shop.who", "{}").data == R"("ada@example.com")");
}

TEST_CASE("T44: a hundred reloads under load fail no operation; a bad pair changes nothing", "[tls]") {
    const Certificates certificates;
    Broker broker(with_tls(certificates, GENERATE(1, 3)));
    Service service{"shop", "1.0.0", behind(broker)};
    service.on("shop.echo", [](Request&, const Value& value) { return value; });
    join(service);
    const auto options = trusting(certificates("ca.pem"));
    auto old = enter(broker, options);

    std::atomic<bool> stop = false;
    std::atomic<int> done = 0;
    std::atomic<int> failed = 0;
    std::thread load([&] {
        while (!stop) {
            auto client = client::Client::connect(broker.websocket_url(), options);
            const bool good = client && ask(*client, "shop.echo", "1").data == "1";
            ++(good ? done : failed);
        }
    });
    certificates.copy("server.pem", "first.pem");
    certificates.copy("server.key", "first.key");
    for (int round = 0; round < 100; ++round) {
        certificates.replace("server", round % 2 == 0 ? "renewed" : "first");
        broker.process().signal(SIGHUP);
        const int before = done;
        for (int i = 0; i < 2000 && done == before && failed == 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        CHECK(ask(old, "shop.echo", "2").data == "2");
    }
    certificates.copy("client.key", "server.key");
    broker.process().signal(SIGHUP);
    CHECK(broker.process().wait_for_output("not reloaded: ", kPatience));
    CHECK(client::Client::connect(broker.websocket_url(), options));
    stop = true;
    load.join();
    CHECK(failed == 0);
    CHECK(done >= 100);
}

}  // namespace
}  // namespace fairlead::support
