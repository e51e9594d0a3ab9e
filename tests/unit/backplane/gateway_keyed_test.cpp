// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "base/curve_key.h"
#include "unit/backplane/gateway_rig.h"
#include "unit/backplane/rig.h"

/// A gateway with keys: who gets in, and what each may do.
namespace fairlead::backplane {
namespace {

using namespace std::chrono_literals;
using base::SecretKey;
using test::endpoint;
using test::GatewayRig;
using test::Peer;
using test::Received;

constexpr std::uint32_t kDenied = 103;

struct Folder {
    Folder() {
        char name[] = "/tmp/fairlead-keyed-XXXXXX";
        path = ::mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string key(const char* name, const SecretKey& secret) const {
        std::string file = path + "/" + name;
        REQUIRE(base::write_key_file(file, secret).empty());
        return file;
    }
    std::string path;
};

struct Keys {
    SecretKey broker = SecretKey::make();
    SecretKey old_broker = SecretKey::make();
    SecretKey orders = SecretKey::make();
    SecretKey stock = SecretKey::make();
    SecretKey nobody = SecretKey::make();
    Folder folder;

    std::vector<ServiceRights> services() const {
        ServiceRights o;
        o.name = "orders";
        o.public_keys = {orders.public_key()};
        o.topics = {"orders.>"};
        o.listens = {"paid.*", "_user"};
        o.calls = {"stock.*"};
        o.emits = {"orders.created"};
        o.channels = {"shop:*"};
        ServiceRights s;
        s.name = "stock";
        s.public_keys = {stock.public_key()};
        s.topics = {"stock.*"};
        s.listens = {">", "*"};  // which covers no name of the broker's
        s.push = s.control = true;
        return {o, s};
    }

    Options options() const {
        Options options = GatewayRig::free_port();
        options.secret_key_file = folder.key("broker", broker);
        options.services = services();
        return options;
    }

    Peer peer(const std::string& endpoint, const SecretKey& own, unsigned number = 1,
              const std::string& routing_id = {}) const {
        return {endpoint, number, [&](base::ZmqSocket& socket) {
                    if (!routing_id.empty()) socket.raw().set(zmq::sockopt::routing_id, routing_id);
                    socket.connect_keyed(own, broker.public_key());
                }};
    }
};

struct KeyedRig : Keys, GatewayRig {
    KeyedRig() : GatewayRig(Keys::options()) {}
    Peer peer(const SecretKey& own, unsigned number = 1, const std::string& routing_id = {}) const {
        return Keys::peer(endpoint(), own, number, routing_id);
    }
    std::string refusal(Peer& peer, std::string_view service, std::vector<wire::Endpoint> endpoints = {},
                        std::vector<wire::Interest> interests = {}) {
        greet(peer, service, std::move(endpoints), std::move(interests));
        const Received refused = next<wire::Refusal>(peer);
        CHECK(std::get<wire::Refusal>(refused.frame).code == kDenied);
        return std::string(std::get<wire::Refusal>(refused.frame).reason);
    }
};

TEST_CASE("a key of the table gets in under its name", "[gateway][keys]") {
    KeyedRig rig;
    Peer orders = rig.peer(rig.orders);
    rig.join(orders, "orders", {endpoint("orders.create")});
    REQUIRE(rig.gateway->instances().size() == 1);
    CHECK(rig.gateway->instances()[0].key == rig.orders.public_key());
    rig.connect_client();
    rig.client_calls("orders.create", 5);
    const auto request = rig.next<wire::Request>(orders);
    CHECK(std::get<wire::Request>(request.frame).topic == "orders.create");
}

TEST_CASE("T34: whoever has no key of the table is not heard", "[gateway][keys]") {
    KeyedRig rig;
    Peer orders = rig.peer(rig.orders);
    rig.join(orders, "orders", {endpoint("orders.create")});
    const auto messages = rig.gateway->counts().messages_in;

    Peer plain(rig.endpoint(), 2);
    Peer password(rig.endpoint(), 3, [&](base::ZmqSocket& socket) {
        socket.raw().set(zmq::sockopt::plain_username, "orders");
        socket.raw().set(zmq::sockopt::plain_password, "orders");
    });
    Peer unknown = rig.peer(rig.nobody, 4);
    Peer wrong_server(rig.endpoint(), 5, [&](base::ZmqSocket& socket) {
        socket.connect_keyed(rig.orders, rig.nobody.public_key());
    });
    for (Peer* peer : {&plain, &password, &unknown, &wrong_server}) {
        try {
            rig.greet(*peer, "orders", {endpoint("orders.create")});
        } catch (const std::runtime_error&) {  // refused already: nobody is there to be sent to
        }
    }
    // The one whose handshake ends with us is the last to be known.
    REQUIRE(rig.run_until([&] { return rig.gateway->counts().keys_refused > 0; }));
    CHECK(rig.log.has("no service has its key key=\"" + rig.nobody.public_key()));
    rig.peers = {&orders};
    for (int i = 0; i < 10; ++i)
        rig.settle();
    CHECK(rig.gateway->counts().messages_in == messages + 10);
    CHECK(rig.gateway->instances().size() == 1);
    for (Peer* peer : {&plain, &password, &unknown, &wrong_server}) {
        peer->read();
        CHECK(peer->inbox.empty());
    }
}

TEST_CASE("T36: a key registers under its name only, and what it may", "[gateway][keys]") {
    KeyedRig rig;
    struct Row {
        bool orders;
        const char* service;
        std::vector<wire::Endpoint> endpoints;
        std::vector<wire::Interest> interests;
        const char* why;  // nullptr: welcome
    };
    const std::vector<Row> rows{
        {true, "orders", {endpoint("orders.create")}, {{"paid.done", ""}}, nullptr},
        {true, "orders", {endpoint("orders.>")}, {{"paid.*", "orders"}}, nullptr},
        {true, "stock", {}, {}, "this key belongs to service `orders`, not to `stock`"},
        {true, "orders", {endpoint("stock.reserve")}, {}, "service `orders` may not handle `stock.reserve`"},
        {true, "orders", {endpoint(">")}, {}, "service `orders` may not handle `>`"},
        {true, "orders", {endpoint("orders.create"), endpoint("*.create")}, {}, "may not handle `*.create`"},
        {true, "orders", {endpoint("_hook.connect")}, {}, "may not handle `_hook.connect`"},
        {true, "orders", {}, {{"paid.>", ""}}, "may not listen to `paid.>`"},
        {true, "orders", {}, {{"_user", ""}}, nullptr},
        {true, "orders", {}, {{"_session", ""}}, "may not listen to `_session`"},
        {true, "orders", {}, {{"_user", "stock"}}, "may not listen in group `stock`"},
        {false, "stock", {}, {{"_user", ""}}, "may not listen to `_user`"},
        {true, "orders", {}, {{"orders.created", ""}}, "may not listen to `orders.created`"},
        {true, "orders", {}, {{"paid.done", "stock"}}, "may not listen in group `stock`"},
        {false, "stock", {endpoint("stock.*")}, {}, nullptr},
        {false, "orders", {}, {}, "this key belongs to service `stock`"},
        {false, "stock", {endpoint("stock.>")}, {}, "may not handle `stock.>`"},
        {false, "stock", {endpoint("orders.create")}, {}, "may not handle `orders.create`"},
    };
    unsigned number = 10;
    for (const Row& row : rows) {
        CAPTURE(row.service, row.why == nullptr ? "welcome" : row.why);
        Peer peer = rig.peer(row.orders ? rig.orders : rig.stock, ++number);
        if (row.why == nullptr) {
            rig.join(peer, row.service, row.endpoints, row.interests);
            peer.send(wire::Goodbye{"done"});
            rig.next<wire::Goodbye>(peer);
        } else {
            CHECK_THAT(rig.refusal(peer, row.service, row.endpoints, row.interests),
                       Catch::Contains(row.why));
        }
        rig.peers.clear();
    }
    CHECK(rig.run_until([&] { return rig.gateway->instances().empty(); }));
}

TEST_CASE("T36: a registered service cannot change its name or reach further", "[gateway][keys]") {
    KeyedRig rig;
    const bool rename = GENERATE(true, false);
    Peer orders = rig.peer(rig.orders);
    rig.join(orders, "orders", {endpoint("orders.create")});
    rig.refusal(orders, rename ? "stock" : "orders", {endpoint(rename ? "orders.create" : "stock.reserve")});
    CHECK(rig.run_until([&] { return rig.gateway->instances().empty(); }));
}

std::uint32_t ack_code(KeyedRig& rig, Peer& peer) {
    const Received ack = rig.next<wire::Ack>(peer);
    return std::get<wire::Ack>(ack.frame).code;
}

TEST_CASE("T36: what goes beyond the rights of a key is refused with 103", "[gateway][keys]") {
    KeyedRig rig;
    Peer orders = rig.peer(rig.orders, 1);
    rig.join(orders, "orders", {endpoint("orders.create")});
    Peer stock = rig.peer(rig.stock, 2);
    rig.join(stock, "stock", {endpoint("stock.reserve")});
    const std::string client = rig.connect_client();

    const auto publish = [&](Peer& peer, std::string_view channel) {
        wire::Publication frame;
        frame.id = 7;
        frame.channel = channel;
        peer.send(frame, "\x01");
        return ack_code(rig, peer);
    };
    CHECK(publish(orders, "shop:feed") == 0);
    CHECK(publish(orders, "chat:room") == kDenied);
    CHECK(publish(orders, "user:ann") == kDenied);
    CHECK(publish(stock, "shop:feed") == kDenied);

    const auto emit = [&](Peer& peer, std::string_view topic) {
        wire::Event frame;
        frame.id = 8;
        frame.topic = topic;
        peer.send(frame, "\x01");
        return ack_code(rig, peer);
    };
    CHECK(emit(orders, "orders.created") == 0);
    CHECK(emit(orders, "paid.done") == kDenied);
    CHECK(emit(stock, "orders.created") == kDenied);

    const auto push = [&](Peer& peer) {
        wire::Push frame;
        frame.id = 9;
        frame.client = client;
        peer.send(frame, "\x01");
        return ack_code(rig, peer);
    };
    CHECK(push(orders) == kDenied);
    CHECK(push(stock) == 0);

    const auto disconnect = [&](Peer& peer) {
        wire::Control frame;
        frame.id = 10;
        frame.action = wire::Action::disconnect;
        frame.client = client;
        frame.code = 3503;
        peer.send(frame);
        return ack_code(rig, peer);
    };
    CHECK(disconnect(orders) == kDenied);
    CHECK(disconnect(stock) == 0);

    const auto revoke = [&](Peer& peer) {
        wire::Revoke frame;
        frame.id = 12;
        frame.user = "ann";
        peer.send(frame);
        return ack_code(rig, peer);
    };
    CHECK(revoke(orders) == kDenied);
    CHECK(revoke(stock) == 0);

    wire::Request request;
    request.call = 11;
    request.topic = "orders.create";
    stock.send(request, "\x01");
    const Received error = rig.next<wire::Error>(stock);
    CHECK(std::get<wire::Error>(error.frame).code == kDenied);
    request.topic = "_broker.clients";
    request.call = 12;
    stock.send(request, "\x81\xa4user\xa3" "ann");
    const Received asked = rig.next<wire::Error>(stock);
    CHECK(std::get<wire::Error>(asked.frame).code == kDenied);
    request.topic = "stock.reserve";
    orders.send(request, "\x01");
    rig.next<wire::Request>(stock);
    CHECK(rig.log.has("a service asked for more than its key may do"));
}

TEST_CASE("T35: the UUID of an instance is of no use to another key", "[gateway][keys]") {
    KeyedRig rig;
    Peer orders = rig.peer(rig.orders, 1);
    rig.join(orders, "orders", {endpoint("orders.create")});
    Peer thief = rig.peer(rig.stock, 1);
    CHECK_THAT(rig.refusal(thief, "stock"), Catch::Contains("belongs to another key"));
    CHECK(rig.gateway->counts().takeovers == 0);
    rig.connect_client();
    rig.client_calls("orders.create", 5);
    rig.next<wire::Request>(orders);
    // Its owner goes on with it over a new connection.
    Peer again = rig.peer(rig.orders, 1);
    rig.join(again, "orders", {endpoint("orders.create")});
    CHECK(rig.gateway->counts().takeovers == 1);
}

TEST_CASE("T35: whoever sets a routing id is not welcome", "[gateway][keys]") {
    KeyedRig rig;
    // The second one looks like those that libzmq makes up.
    Peer peer = rig.peer(rig.orders, 1, GENERATE(std::string("orders-1"), std::string("\0abcd", 5)));
    CHECK_THAT(rig.refusal(peer, "orders"), Catch::Contains("no routing id of its own"));
}

TEST_CASE("a table that is reloaded holds at once", "[gateway][keys]") {
    KeyedRig rig;
    Peer orders = rig.peer(rig.orders, 1);
    rig.join(orders, "orders", {endpoint("orders.create")}, {{"_user", ""}});
    Peer stock = rig.peer(rig.stock, 2);
    rig.join(stock, "stock", {endpoint("stock.reserve")});

    auto services = rig.services();
    const int what = GENERATE(0, 1, 2, 3);
    if (what == 0) services.erase(services.begin());
    if (what == 1) services[0].name = "other";
    if (what == 2) services[0].topics = {"orders.delete"};
    if (what == 3) services[0].listens = {"paid.*", ">"};
    rig.gateway->reload(services);
    rig.next<wire::Refusal>(orders);
    CHECK(rig.run_until([&] { return rig.gateway->instances().size() == 1; }));
    CHECK(rig.gateway->instances()[0].service == "stock");

    // What it says on the connection that it still has is not heard.
    if (what == 0) {
        rig.greet(orders, "orders", {endpoint("orders.create")});
        CHECK(rig.run_until([&] { return rig.gateway->counts().keys_gone > 0; }));
        Peer again = rig.peer(rig.orders, 3);
        rig.greet(again, "orders", {endpoint("orders.create")});
        CHECK(rig.run_until([&] { return rig.gateway->counts().keys_refused > 0; }));
    }
    CHECK(rig.gateway->instances().size() == 1);
}

TEST_CASE("a reload changes rights without cutting the link", "[gateway][keys]") {
    KeyedRig rig;
    Peer orders = rig.peer(rig.orders, 1);
    rig.join(orders, "orders", {endpoint("orders.create")});
    auto services = rig.services();
    services[0].channels = {"chat:*"};
    services[0].public_keys.push_back(rig.nobody.public_key());
    rig.gateway->reload(services);
    wire::Publication frame;
    frame.id = 7;
    frame.channel = "shop:feed";
    orders.send(frame, "\x01");
    CHECK(ack_code(rig, orders) == kDenied);
    frame.channel = "chat:room";
    orders.send(frame, "\x01");
    CHECK(ack_code(rig, orders) == 0);
    // A second key of the same service.
    Peer second = rig.peer(rig.nobody, 2);
    rig.join(second, "orders", {endpoint("orders.create")});
    CHECK(rig.gateway->instances().size() == 2);
}

TEST_CASE("T41: two keys of the broker count while services change over", "[gateway][keys]") {
    Keys keys;
    Options options = keys.options();
    options.previous_secret_key_file = keys.folder.key("old", keys.old_broker);
    options.previous_listen = {"tcp://127.0.0.1:*"};
    GatewayRig rig(options);
    REQUIRE(rig.gateway->bound_endpoints().size() == 2);
    Peer fresh = keys.peer(rig.gateway->bound_endpoints()[0], keys.orders, 1);
    rig.join(fresh, "orders");
    Peer old(rig.gateway->bound_endpoints()[1], 2, [&](base::ZmqSocket& socket) {
        socket.connect_keyed(keys.orders, keys.old_broker.public_key());
    });
    rig.join(old, "orders");
    CHECK(rig.gateway->instances().size() == 2);
}

TEST_CASE("T34: a listener that is open to others refuses to start", "[gateway][keys]") {
    Keys keys;
    Options options = keys.options();
    const auto why = [&] {
        try {
            GatewayRig rig(options);
            return std::string();
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
    };
    options.listen = {"tcp://0.0.0.0:*"};
    CHECK(why().empty());
    ::chmod(options.secret_key_file.c_str(), 0644);
    CHECK_THAT(why(), Catch::Contains("chmod 600"));
    options.secret_key_file.clear();
    CHECK_THAT(why(), Catch::Contains("backplane.secret_key_file"));
    options.insecure_no_keys = true;
    CHECK_THAT(why(), Catch::Contains("backplane.secret_key_file"));
    options.insecure_no_keys_confirmed = true;
    CHECK(why().empty());
    // A key opens no folder.
    options = Options();
    options.secret_key_file = keys.folder.path + "/broker";
    ::chmod(options.secret_key_file.c_str(), 0600);
    options.listen = {"ipc://" + keys.folder.path + "/socket"};
    CHECK(why().empty());
    ::chmod(keys.folder.path.c_str(), 0755);
    CHECK_THAT(why(), Catch::Contains("0700"));
}

}  // namespace
}  // namespace fairlead::backplane
