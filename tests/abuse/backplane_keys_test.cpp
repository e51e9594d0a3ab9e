// SPDX-License-Identifier: Apache-2.0
// Peers that would be services, against a real broker with keys. They speak with bare sockets.
#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <thread>

#include "client/child.h"
#include "faults/dealer.h"
#include "support/keys.h"
#include "support/parties.h"

namespace fairlead::support {
namespace {

using Prepare = std::function<void(zmq::socket_t&)>;

constexpr std::uint32_t kDenied = 103;

Prepare as(KeyFolder& keys, const std::string& own, const std::string& server = "broker",
           const std::string& routing_id = {}) {
    return [=, own_key = keys.key(own), secret = keys.secret(own),
            server_key = keys.key(server)](zmq::socket_t& socket) {
        socket.set(zmq::sockopt::curve_publickey, own_key);
        socket.set(zmq::sockopt::curve_secretkey, secret);
        socket.set(zmq::sockopt::curve_serverkey, server_key);
        if (!routing_id.empty()) socket.set(zmq::sockopt::routing_id, routing_id);
    };
}

void plain(zmq::socket_t& socket) {
    socket.set(zmq::sockopt::plain_username, "orders");
    socket.set(zmq::sockopt::plain_password, "orders");
}

/// A healthy service that answers with its own name.
struct Orders {
    Orders(KeyFolder& keys, const Broker& broker)
        : service("orders", "1.0.0", keys.service(broker.backplane_address(), "orders")) {
        service.on("orders.create", [this](Request&) {
            ++asked;
            return "orders";
        });
        join(service);
    }
    std::atomic<int> asked{0};
    Service service;
};

std::string both_tables(KeyFolder& keys) {
    return table_of("orders", keys.key("orders"), "topics = [\"orders.>\"]\nchannels = [\"shop:*\"]") +
           table_of("thief", keys.key("thief"), "topics = [\"thief.>\"]");
}

TEST_CASE("T34: without a key of the table no message gets through", "[backplane]") {
    KeyFolder keys;
    keys.configure(both_tables(keys));
    Broker broker(keys.options(GENERATE(1, 3)));
    Dealer null(broker.backplane_address());
    Dealer with_password(broker.backplane_address(), plain);
    Dealer unknown(broker.backplane_address(), as(keys, "unknown"));
    Dealer wrong_broker(broker.backplane_address(), as(keys, "orders", "another"));
    for (Dealer* dealer : {&null, &with_password, &unknown, &wrong_broker})
        dealer->send(greeting("orders", "orders.create"));
    CHECK(broker.process().wait_for_output("no service has its key", kPatience));
    // One that gets in later shows that the broker has seen all that there was to see.
    Orders orders(keys, broker);
    auto client = enter(broker);
    CHECK(ask(client, "orders.create", "{}").data == R"("orders")");
    for (Dealer* dealer : {&null, &with_password, &unknown, &wrong_broker})
        CHECK_FALSE(dealer->hears_anything());
    const std::string output = broker.process().output();
    const std::string joined = "a service joined";
    CHECK(output.find(joined) == output.rfind(joined));
}

TEST_CASE("T34: a broker that would be open to others does not start", "[backplane]") {
    KeyFolder keys;
    keys.configure(both_tables(keys));
    struct Row {
        std::vector<std::string> settings;
        const char* why;  // nullptr: it starts
    };
    const std::string file = keys.path("plain.toml");
    std::ofstream(file) << "[client]\nanonymous = true\n";
    const std::string public_listener = "backplane.listen=tcp://0.0.0.0:*";
    const std::vector<Row> rows{
        {{public_listener}, "services have no keys"},
        {{public_listener, "backplane.insecure_no_keys=true"},
         "insecure_no_keys_confirmed = true if it is meant"},
        {{public_listener, "backplane.insecure_no_keys_confirmed=true"}, "services have no keys"},
        {{public_listener, "backplane.insecure_no_keys=true", "backplane.insecure_no_keys_confirmed=true"},
         nullptr},
        {{public_listener, "backplane.secret_key_file=" + keys.path("broker")}, nullptr},
        {{public_listener, "backplane.secret_key_file=" + keys.path("none")}, "cannot be read"},
    };
    for (const Row& row : rows) {
        std::vector<std::string> command{program("fairlead-broker"), "--config", file, "--set",
                                         "websocket.listen=127.0.0.1:0"};
        for (const std::string& setting : row.settings)
            command.insert(command.end(), {"--set", setting});
        CAPTURE(row.settings);
        auto started = client::Child::start(command);
        REQUIRE(started);
        CHECK((*started)->wait_for_output(row.why == nullptr ? "ready" : row.why, kPatience));
        if (row.why != nullptr) CHECK((*started)->wait_exit(kPatience) != 0);
    }
}

TEST_CASE("T35: neither routing id nor UUID of a service help another key", "[backplane]") {
    KeyFolder keys;
    keys.configure(both_tables(keys));
    Broker broker(keys.options(GENERATE(1, 3)));
    Orders orders(keys, broker);
    Dealer named(broker.backplane_address(), as(keys, "thief", "broker", "orders"));
    named.send(greeting("thief", "thief.ask"));
    const auto first = named.receive<wire::Refusal>();
    REQUIRE(first);
    CHECK_THAT(std::string(first->reason), Catch::Contains("routing id"));

    Dealer thief(broker.backplane_address(), as(keys, "thief"));
    auto frame = greeting("thief", "thief.ask");
    frame.instance = orders.service.instance();
    thief.send(frame);
    const auto second = thief.receive<wire::Refusal>();
    REQUIRE(second);
    CHECK(second->code == kDenied);
    CHECK_THAT(std::string(second->reason), Catch::Contains("another key"));

    auto client = enter(broker);
    for (int i = 0; i < 100; ++i)
        CHECK(ask(client, "orders.create", "{}").data == R"("orders")");
    CHECK(orders.asked == 100);
    CHECK(orders.service.stats().reconnects == 0);
}

/// The nth routing id that libzmq makes up in a process whose rand() nobody has seeded.
std::string unseeded_id(std::uint32_t n) {
    std::srand(1);
    const auto low = static_cast<std::uint32_t>(std::rand());
    const auto high = static_cast<std::uint32_t>(std::rand()) << 31U;
    const std::uint32_t number = (high | low) + n;
    std::string id(1, '\0');
    for (int shift = 24; shift >= 0; shift -= 8)
        id += static_cast<char>(number >> static_cast<unsigned>(shift));
    return id;
}

// libzmq asserts that the id which it makes up next is free.
TEST_CASE("T35: nobody takes a routing id that libzmq would give to the next one", "[backplane]") {
    KeyFolder keys;
    keys.configure(both_tables(keys));
    Broker broker(keys.options());
    std::deque<Dealer> thieves;
    for (std::uint32_t n = 0; n < 8; ++n) {
        thieves.emplace_back(broker.backplane_address(), as(keys, "thief", "broker", unseeded_id(n)));
        thieves.back().send(greeting("thief", "thief.ask"));
    }
    for (Dealer& thief : thieves)
        CHECK(thief.receive<wire::Refusal>());
    Orders first(keys, broker);
    Orders second(keys, broker);
    CHECK_FALSE(broker.process().wait_exit(std::chrono::milliseconds(0)));
}

TEST_CASE("T36: keys, names, topics and channels in all combinations", "[backplane]") {
    KeyFolder keys;
    keys.configure(both_tables(keys));
    Broker broker(keys.options());
    for (const std::string key : {"orders", "thief"}) {
        for (const std::string name : {"orders", "thief"}) {
            for (const std::string topic : {"orders.create", "thief.ask", ">", "_hook.connect"}) {
                CAPTURE(key, name, topic);
                const bool right = name == key && topic.rfind(key + ".", 0) == 0;
                Dealer dealer(broker.backplane_address(), as(keys, key));
                dealer.send(greeting(name, topic));
                if (!right) {
                    const auto refusal = dealer.receive<wire::Refusal>();
                    REQUIRE(refusal);
                    CHECK(refusal->code != 0);
                    CHECK_FALSE(refusal->reason.empty());
                    continue;
                }
                REQUIRE(dealer.receive<wire::Welcome>());
                for (const std::string channel : {"shop:feed", "chat:room", "user:ann"}) {
                    CAPTURE(channel);
                    wire::Publication publication;
                    publication.id = 1;
                    publication.channel = channel;
                    dealer.send(publication, "\x01");
                    const auto ack = dealer.receive<wire::Ack>();
                    REQUIRE(ack);
                    CHECK(ack->code == (key == "orders" && channel == "shop:feed" ? 0 : kDenied));
                }
                // To change the name afterwards ends the link.
                auto renamed = greeting(name == "orders" ? "thief" : "orders", topic);
                dealer.send(renamed);
                CHECK(dealer.receive<wire::Refusal>());
            }
        }
    }
    auto client = enter(broker);
    CHECK(ask(client, "orders.create", "{}").code == 104);
}

TEST_CASE("T41: key files that others may read stop broker and service, and no log has a key",
          "[backplane]") {
    KeyFolder keys;
    keys.configure(both_tables(keys));
    Inbox<std::string> log;
    {
        Broker broker(keys.options());
        Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders", "broker", &log)};
        join(orders);
        Dealer unknown(broker.backplane_address(), as(keys, "unknown"));
        unknown.send(greeting("orders", "orders.create"));
        CHECK(broker.process().wait_for_output("no service has its key", kPatience));
        orders.stop(kPatience);
        broker.process().signal(SIGTERM);
        CHECK(broker.process().wait_exit(kPatience) == 0);
        const std::string output = broker.process().output();
        for (const char* name : {"broker", "orders", "unknown"})
            CHECK(output.find(keys.secret(name)) == std::string::npos);
    }
    while (log.size() > 0) {
        const std::string line = *log.take();
        CHECK(line.find(keys.secret("orders")) == std::string::npos);
    }
    ::chmod(keys.path("broker").c_str(), 0644);
    std::vector<std::string> command{program("fairlead-broker")};
    for (const std::string& option : keys.options())
        command.push_back(option);
    auto started = client::Child::start(command);
    REQUIRE(started);
    CHECK((*started)->wait_for_output("chmod 600", kPatience));
    CHECK((*started)->wait_exit(kPatience) != 0);
}

/// Asks without end until it goes out of scope; counts what fails.
class Load {
public:
    explicit Load(const Broker& broker) : client_(enter(broker)), thread_([this] { run(); }) {}
    ~Load() { stop(); }
    int stop() {
        ended_ = true;
        if (thread_.joinable()) thread_.join();
        return failed_;
    }
    std::string failure() { return failures_.size() == 0 ? std::string() : *failures_.take(); }
    void wait_for_more(int more) {
        const int until = done_ + more;
        const auto give_up = std::chrono::steady_clock::now() + kPatience;
        while (done_ < until && std::chrono::steady_clock::now() < give_up)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        CHECK(done_ >= until);
    }

private:
    void run() {
        while (!ended_) {
            const Outcome outcome = ask(client_, "orders.create", "{}");
            if (outcome.data == R"("orders")") {
                ++done_;
            } else if (failed_++ == 0) {
                failures_.put(std::to_string(outcome.code) + " " + outcome.message);
            }
        }
    }
    client::Client client_;
    std::atomic<bool> ended_{false};
    std::atomic<int> done_{0};
    std::atomic<int> failed_{0};
    Inbox<std::string> failures_;  // the first one
    std::thread thread_;
};

void reload(Broker& broker, int count) {
    broker.process().signal(SIGHUP);
    CHECK(broker.wait_for_reloads(count));
}

TEST_CASE("T41: keys of broker and service change under load without a failed request", "[backplane]") {
    KeyFolder keys;
    const std::string previous = "previous_secret_key_file = \"" + keys.path("old broker") +
                                 "\"\nprevious_listen = [\"tcp://127.0.0.1:*\"]";
    keys.key("old broker");
    const auto table = [&](const std::string& list) {
        return "[[service]]\nname = \"orders\"\npublic_key = [" + list + "]\n" + std::string(kAllRights);
    };
    const std::string one = "\"" + keys.key("one") + "\"";
    const std::string two = "\"" + keys.key("two") + "\"";
    keys.configure(table(one), previous);
    Broker broker(keys.options());
    const std::string ready = broker.process().output();
    const auto at = ready.find("tcp://", ready.find("tcp://", ready.find("ready:")) + 1);
    const std::string old_address = ready.substr(at, ready.find_first_of(" \n", at) - at);
    REQUIRE(old_address != broker.backplane_address());

    const auto serve = [](Service& service) {
        service.on("orders.create", [](Request&) { return "orders"; });
    };
    // At first: the old key of the broker at its old address.
    Service first{"orders", "1.0.0", keys.service(old_address, "one", "old broker")};
    serve(first);
    join(first);
    Load load(broker);
    load.wait_for_more(50);
    // The new key of the broker at the new address.
    Service second{"orders", "1.0.0", keys.service(broker.backplane_address(), "one")};
    serve(second);
    join(second);
    CHECK(first.stop(kPatience));
    load.wait_for_more(50);
    // A new key of the service.
    keys.configure(table(one + ", " + two), previous);
    reload(broker, 1);
    Service third{"orders", "1.0.0", keys.service(broker.backplane_address(), "two")};
    serve(third);
    join(third);
    load.wait_for_more(50);
    CHECK(second.stop(kPatience));
    keys.configure(table(two), previous);
    reload(broker, 2);
    load.wait_for_more(50);
    const int failed = load.stop();
    CHECK(load.failure() == "");
    CHECK(failed == 0);
    Service late{"orders", "1.0.0", keys.service(broker.backplane_address(), "one")};
    late.start();
    CHECK_FALSE(late.ready(kPatience));
}

TEST_CASE("T29: a service whose key is taken out of the table is cut", "[backplane]") {
    KeyFolder keys;
    keys.configure(both_tables(keys));
    Broker broker(keys.options(GENERATE(1, 3)));
    Inbox<std::string> log;
    Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders", "broker", &log)};
    orders.on("orders.create", [](Request&) { return "orders"; });
    join(orders);
    auto client = enter(broker);
    REQUIRE(ask(client, "orders.create", "{}").data == R"("orders")");
    keys.configure(table_of("thief", keys.key("thief"), ""));
    reload(broker, 1);
    CHECK(broker.process().wait_for_output("its key is not known any more", kPatience));
    CHECK(ask(client, "orders.create", "{}").code == 104);
}

}  // namespace
}  // namespace fairlead::support
