// SPDX-License-Identifier: Apache-2.0
// A hundred reloads under load: keys of tokens, permissions and keys of services change, and nothing fails.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <deque>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "support/jwt.h"
#include "support/keys.h"
#include "support/parties.h"
#include "support/temporary_file.h"

namespace fairlead::support {
namespace {

constexpr int kReloads = 100;
constexpr int kThreads = 2;
constexpr const char* kSecrets[] = {"one: 0123456789abcdef0123456789abcdef",
                                    "two: 0123456789abcdef0123456789abcdef"};
constexpr const char* kLimits = "[client]\ncommands = 1000000\ncommands_burst = 1000000\n";

/// Does each of some things over and over, in a thread of its own. What an operation gives is what failed.
class Load {
public:
    using Operation = std::function<std::string()>;
    explicit Load(std::vector<Operation> operations)
        : done_(operations.size()), failures_(operations.size()) {
        for (std::size_t i = 0; i < operations.size(); ++i)
            threads_.emplace_back([this, i, operation = std::move(operations[i])] { run(i, operation); });
    }
    ~Load() { stop(); }

    /// Each once at least, from its beginning to its end.
    bool goes_on() const {
        const auto give_up = std::chrono::steady_clock::now() + kPatience;
        const std::vector<int> before(done_.begin(), done_.end());
        for (std::size_t i = 0; i < done_.size(); ++i) {
            while (done_[i] < before[i] + 2) {
                if (std::chrono::steady_clock::now() > give_up) return false;
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        }
        return true;
    }

    /// What failed first of each; empty = nothing.
    std::string stop() {
        ended_ = true;
        for (std::thread& thread : threads_)
            if (thread.joinable()) thread.join();
        std::string all;
        for (const std::string& failure : failures_)
            all += failure;
        return all;
    }
    int done() const {
        int all = 0;
        for (const auto& count : done_)
            all += count;
        return all;
    }

private:
    void run(std::size_t i, const Operation& operation) {
        while (!ended_) {
            const std::string failure = operation();
            if (failures_[i].empty() && !failure.empty()) failures_[i] = failure + "\n";
            ++done_[i];
        }
    }

    std::deque<std::atomic<int>> done_;
    std::vector<std::string> failures_;  // each its thread's until stop()
    std::atomic<bool> ended_{false};
    std::vector<std::thread> threads_;
};

/// `denied` tells what only one of two configurations forbids: so a reload is known to be done. The broker's
/// log keeps some of so many equal lines back.
void hundred_reloads(Broker& broker, const Load& load, const std::function<void(int)>& change,
                     const std::function<bool()>& denied, const std::function<void(int)>& check = {}) {
    for (int round = 1; round <= kReloads; ++round) {
        CAPTURE(round);
        change(round);
        broker.process().signal(SIGHUP);
        const auto give_up = std::chrono::steady_clock::now() + kPatience;
        while (denied() != (round % 2 == 0) && std::chrono::steady_clock::now() < give_up) {
        }
        REQUIRE(denied() == (round % 2 == 0));
        if (check) check(round);
        REQUIRE(load.goes_on());
    }
}

void write(const TemporaryFile& file, const std::string& text) {
    std::ofstream(file.path(), std::ios::trunc) << text;
}

std::string failure_of(const char* what, const Outcome& outcome) {
    return outcome.code == 0
               ? std::string()
               : std::string(what) + ": " + std::to_string(outcome.code) + " " + outcome.message;
}

/// A user's token by the key of this name.
client::ClientOptions with_token(const std::string& user, const std::string& kid, const std::string& secret) {
    client::ClientOptions options;
    options.timeout = kPatience;
    options.token =
        test::sign(R"({"alg":"HS256","kid":")" + kid + "\"}", R"({"sub":")" + user + "\"}", secret);
    return options;
}

/// All that a client does, one after the other; it stays subscribed to room:all.
Load::Operation busy_client(const Broker& broker, const client::ClientOptions& options) {
    auto client = std::make_shared<client::Client>(enter(broker, options));
    subscribe(*client, "room:all");
    return [client, number = 0]() mutable {
        const std::string text = std::to_string(++number);
        std::string failure = failure_of("rpc", ask(*client, "shop.echo", text));
        failure += failure_of("subscribe", outcome_of(client->subscribe("room:" + text)));
        failure += failure_of("unsubscribe", outcome_of(client->unsubscribe("room:" + text)));
        failure += failure_of("publish", outcome_of(client->publish("room:all", text)));
        for (bool own = false; !own && failure.empty();) {
            const Heard heard = next(*client);  // of others too
            own = heard.data == text;
            if (heard.data.empty()) failure += "instead of a publication: " + heard.text;
        }
        return failure;
    };
}

/// Clients that come with tokens of both keys in turn, ask and go.
Load::Operation coming_clients(const Broker& broker) {
    return [url = broker.websocket_url(), number = 0]() mutable {
        const bool first = ++number % 2 == 0;
        auto client =
            client::Client::connect(url, with_token("ann", first ? "one" : "two", kSecrets[first ? 0 : 1]));
        return client ? failure_of("rpc", ask(*client, "shop.echo", "1")) : "connect: " + client.error().text;
    };
}

struct Stand {
    Stand(const std::string& first) : config(first) {
        auto options = with_threads(kThreads);
        options.insert(options.end(), {"--config", config.path()});
        broker.emplace(options);
        service.emplace("shop", "1.0.0", behind(*broker));
        service->on("shop.echo", [](Request&, const Value& value) { return value; });
        join(*service);
    }
    std::vector<Load::Operation> operations() {
        return {busy_client(*broker, with_token("ann", "one", kSecrets[0])),
                busy_client(*broker, with_token("ann", "two", kSecrets[1])), coming_clients(*broker)};
    }

    TemporaryFile config;
    std::optional<Broker> broker;
    std::optional<Service> service;
};

std::string key_table(const std::string& name, const TemporaryFile& secret) {
    return "[[token_key]]\nname = \"" + name + "\"\nkid = \"" + name +
           "\"\nalgorithm = \"HS256\"\nsecret_file = \"" + secret.path() + "\"\n";
}

TEST_CASE("a hundred reloads of token keys under load fail no operation", "[reload]") {
    const TemporaryFile one(kSecrets[0]);
    const TemporaryFile two(kSecrets[1]);
    const TemporaryFile passing("");
    const auto rules = [](int round) {
        return std::string(kLimits) + "topics = [\"shop.*\"" + (round % 2 == 0 ? "" : ", \"extra\"") + "]\n";
    };
    const std::string room = "[[namespace]]\nname = \"room\"\nsubscribe = [\"user\"]\npublish = [\"user\"]\n";
    const std::string keys[] = {key_table("one", one) + key_table("two", two),
                                key_table("two", two) + key_table("one", one)};
    Stand stand(rules(0) + room + keys[0]);
    auto ann = enter(*stand.broker, with_token("ann", "one", kSecrets[0]));
    Load load(stand.operations());
    // A third key comes, has another secret, and goes; with it its clients.
    std::optional<client::Client> guest;
    std::string secret;
    const auto guest_token = [&] { return with_token("guest", "passing", secret); };
    hundred_reloads(
        *stand.broker, load,
        [&](int round) {
            if (round % 3 != 0) secret = std::string(40, static_cast<char>('a' + round % 26));
            if (round % 3 != 0) write(passing, secret);
            write(stand.config, rules(round) + room + keys[round % 2] +
                                    (round % 3 != 0 ? key_table("passing", passing) : ""));
        },
        [&] { return ask(ann, "extra", "1").code == 103; },
        [&](int round) {
            if (round % 3 == 1) guest.emplace(enter(*stand.broker, guest_token()));
            if (round % 3 != 0) return;
            const auto closed = guest->wait_close(kPatience);
            REQUIRE(closed);
            CHECK(closed->close_code == 3500);
            CHECK_FALSE(client::Client::connect(stand.broker->websocket_url(), guest_token()));
        });
    CHECK(load.stop() == "");
    CHECK(load.done() > 3 * kReloads);
}

TEST_CASE("a hundred reloads of permissions under load fail no operation", "[reload]") {
    const TemporaryFile one(kSecrets[0]);
    const TemporaryFile two(kSecrets[1]);
    const std::string keys = key_table("one", one) + key_table("two", two);
    // What the load does is always granted, and never by the same rule twice.
    const std::string by_rule = std::string(kLimits) + keys +
                                "[[namespace]]\nname = \"room\"\nsubscribe = [\"permission\"]\n"
                                "publish = [\"permission\"]\n[[permission]]\nusers = [\"an*\"]\n"
                                "topics = [\"shop.>\"]\nsubscribe = [\"room:*\"]\npublish = [\"room:*\"]\n";
    const std::string to_all = std::string(kLimits) + "topics = [\"shop.echo\", \"extra\"]\n" + keys +
                               "[[namespace]]\nname = \"room\"\nsubscribe = [\"anyone\"]\n"
                               "publish = [\"user\"]\n";
    Stand stand(by_rule);
    auto bob = enter(*stand.broker, with_token("bob", "one", kSecrets[0]));
    Load load(stand.operations());
    hundred_reloads(
        *stand.broker, load, [&](int round) { write(stand.config, round % 2 == 0 ? by_rule : to_all); },
        [&] { return ask(bob, "extra", "1").code == 103; },
        [&](int round) { CHECK(outcome_of(bob.subscribe("room:bob")).code == (round % 2 == 0 ? 103 : 0)); });
    CHECK(load.stop() == "");
    CHECK(load.done() > 3 * kReloads);
}

TEST_CASE("a hundred reloads of the keys of services under load fail no operation", "[reload]") {
    KeyFolder keys;
    const std::string one = "\"" + keys.key("orders") + "\"";
    const std::string both = one + ", \"" + keys.key("next") + "\"";
    const auto tables = [&](int round) {
        const std::string orders = "[[service]]\nname = \"orders\"\npublic_key = [" +
                                   (round % 2 == 0 ? both : one) + "]\n" + std::string(kAllRights);
        const std::string guest =
            table_of("guest", keys.key("guest"), round % 2 == 0 ? "" : "calls = [\"extra\"]");
        return round % 3 == 0 ? orders + guest : guest + orders;
    };
    keys.configure(tables(0));
    Broker broker(keys.options(kThreads));
    Service orders{"orders", "1.0.0", keys.service(broker.backplane_address(), "orders")};
    orders.on("shop.echo", [](Request&, const Value& value) { return value; });
    join(orders);
    Service guest{"guest", "1.0.0", keys.service(broker.backplane_address(), "guest")};
    join(guest);
    auto client = std::make_shared<client::Client>(enter(broker));
    Load load({[client] { return failure_of("rpc", ask(*client, "shop.echo", "1")); },
               [feed = orders.channel("shop:feed")]() mutable {
                   const auto sent = feed.publish(1).wait();
                   return sent ? std::string() : "publish: " + sent.error().text();
               }});
    hundred_reloads(
        broker, load, [&](int round) { keys.configure(tables(round)); },
        [&] { return guest.call("extra", 1).error().code == 103; });
    CHECK(load.stop() == "");
    CHECK(orders.stats().reconnects + guest.stats().reconnects == 0);
}

}  // namespace
}  // namespace fairlead::support
