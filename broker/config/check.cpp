// SPDX-License-Identifier: Apache-2.0
#include "config/check.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "config/address.h"
#include "config/insecure.h"
#include "config/table.h"
#include "config/value.h"

namespace fairlead::config {
namespace {

constexpr std::string_view kWebsocketListen = "websocket.listen";
constexpr std::string_view kBackplaneListen = "backplane.listen";

const Row& row_named(std::string_view name) {
    const auto dot = name.find('.');
    return *find_row(name.substr(0, dot), name.substr(dot + 1));
}

std::int64_t number(const Config& config, std::string_view name) {
    return std::get<std::int64_t>(row_named(name).get(config));
}

std::string shown(const Config& config, std::string_view name) {
    const Row& row = row_named(name);
    return std::string(name) + " = " + format_value(row, row.get(config));
}

std::string where(const Config& config, std::string_view name) {
    const auto origin = config.origins.find(std::string(name));
    return origin == config.origins.end() ? std::string("default") : origin->second;
}

// `low` must be below `high`; they may be equal where `or_equal` says so.
struct Order {
    std::string_view low, high;
    bool or_equal;
    std::string_view why;
};

constexpr std::array<Order, 8> kOrders{{
    {"client.pong_timeout", "client.ping_interval", false, "a pong must be due before the next ping"},
    {"client.max_message", "client.max_queue", true, "one message must fit into the queue"},
    {"client.max_queue", "client.max_total_queue", true, "one client's queue must fit into that of all"},
    {"client.max_message", "backplane.max_payload", true, "services must be able to take what clients send"},
    {"token.max_bytes", "client.max_message", false, "a token must fit into a message"},
    {"backplane.heartbeat", "backplane.dead_after", false, "a service is dead only after missing heartbeats"},
    {"backplane.max_payload", "backplane.max_backlog", true, "one payload must fit into the backlog"},
    {"backplane.max_payload", "backplane.request_queue_bytes", true, "one request must fit into the queue"},
}};

// The place to change is the one that a source has set; of two the first.
std::string_view set_one(const Config& config, const Order& order) {
    const bool low = config.origins.count(std::string(order.low)) != 0;
    const bool high = config.origins.count(std::string(order.high)) != 0;
    return low || !high ? order.low : order.high;
}

class Checker {
public:
    Checker(const Config& config, const std::set<std::string>& failed) : config_(config), failed_(failed) {}

    Problems run() && {
        for (const Order& order : kOrders)
            check_order(order);
        check_message_rate();
        check_tls();
        check_websocket_listen();
        check_backplane_listen();
        check_keys();
        check_insecure();
        return std::move(problems_);
    }

private:
    bool known(std::string_view name) const { return failed_.count(std::string(name)) == 0; }

    void refuse(std::string_view name, std::string what) {
        problems_.push_back({where(config_, name), std::string(name) + ": " + std::move(what)});
    }

    void check_order(const Order& order) {
        if (!known(order.low) || !known(order.high)) return;
        const auto low = number(config_, order.low);
        const auto high = number(config_, order.high);
        if (low < high || (order.or_equal && low == high)) return;
        const auto name = set_one(config_, order);
        const std::string relation = order.or_equal ? "at most" : "less than";
        refuse(name, shown(config_, order.low) + " must be " + relation + " " + shown(config_, order.high) +
                         ": " + std::string(order.why));
    }

    // What is read in message_timeout must be enough for a whole message, else large ones never arrive.
    void check_message_rate() {
        constexpr std::string_view kRate = "client.max_bytes_per_second";
        if (!known(kRate) || !known("client.max_message") || !known("client.message_timeout")) return;
        const auto readable = number(config_, kRate) * number(config_, "client.message_timeout") / 1000;
        if (readable >= number(config_, "client.max_message")) return;
        refuse(kRate, shown(config_, kRate) + " lets no message of " + shown(config_, "client.max_message") +
                          " arrive within " + shown(config_, "client.message_timeout") + ": write more");
    }

    void check_tls() {
        const auto& edge = config_.edge;
        const bool certificate = !edge.tls_certificate_file.empty();
        if (certificate != !edge.tls_key_file.empty()) {
            refuse(certificate ? "websocket.tls_certificate_file" : "websocket.tls_key_file",
                   "TLS needs both: set websocket.tls_certificate_file and websocket.tls_key_file");
        }
        if (!certificate && !edge.tls_client_ca_file.empty()) {
            refuse("websocket.tls_client_ca_file", "has no effect without websocket.tls_certificate_file");
        }
        if (edge.tls_client_required && edge.tls_client_ca_file.empty()) {
            refuse("websocket.tls_client_required",
                   "needs websocket.tls_client_ca_file: without it no client certificate can be verified");
        }
    }

    void check_websocket_listen() {
        if (!known(kWebsocketListen) || !config_.development) return;
        const auto address = parse_address(config_.edge.listen);
        if (address.value && !address.value->loopback)
            refuse_off_loopback(kWebsocketListen, config_.edge.listen);
    }

    void check_backplane_listen() {
        if (!known(kBackplaneListen)) return;
        if (config_.backplane.listen.empty()) {
            refuse(kBackplaneListen,
                   "is empty: services could not connect; write [\"tcp://127.0.0.1:7000\"]");
        }
        for (const auto& text : config_.backplane.listen)
            check_backplane_text(text);
        if (!known("backplane.previous_listen")) return;
        for (const auto& text : config_.backplane.previous_listen)
            check_backplane_text(text);
    }

    void check_backplane_text(const std::string& text) {
        const auto address = parse_backplane_address(text);
        if (address.value) check_backplane_address(text, *address.value);
    }

    void check_keys() {
        const auto& options = config_.backplane;
        const bool previous = !options.previous_secret_key_file.empty();
        if (previous != !options.previous_listen.empty()) {
            refuse("backplane.previous_listen",
                   "and backplane.previous_secret_key_file need each other: write both or none");
        } else if (previous && !options.keyed()) {
            refuse("backplane.previous_secret_key_file", "has no effect without backplane.secret_key_file: write that");
        }
        if (!options.services.empty() && !options.keyed() && known("backplane.secret_key_file") && known("service")) {
            refuse("backplane.secret_key_file",
                   "is empty, so the [[service]] tables have no effect: make a key with fairlead keygen");
        }
    }

    void check_insecure() {
        for (const Row* row : insecure_switches()) {
            const std::string listener = public_listener(config_, *row);
            const std::string confirmation = name_of(*row) + "_confirmed";
            if (listener.empty() || !is_on(config_, *row) || is_confirmed(config_, *row) || !known(confirmation)) continue;
            refuse(name_of(*row), "is refused while " + listener + " is off loopback: write false, or a loopback address, or " +
                                      confirmation + " = true if it is meant");
        }
    }

    // Without keys it takes a switch, which check_insecure() looks at.
    bool may_be_public() const { return config_.backplane.keyed() || config_.backplane.insecure_no_keys; }

    void check_backplane_address(const std::string& text, const Address& address) {
        if (!address.path.empty()) return check_folder(text, address.path);
        if (!address.loopback && config_.development) return refuse_off_loopback(kBackplaneListen, text);
        if (!address.loopback && !may_be_public() && known("backplane.secret_key_file")) {
            return refuse(kBackplaneListen,
                          in_quotes(text) +
                              " is off loopback, and services have no keys: write backplane.secret_key_file and a "
                              "[[service]] table for each, or tcp://127.0.0.1:7000 or an ipc:// path");
        }
        const auto websocket = parse_address(config_.edge.listen);
        if (known(kWebsocketListen) && websocket.value && address.port != 0 &&
            websocket.value->port == address.port) {
            const bool set = config_.origins.count(std::string(kBackplaneListen)) != 0;
            refuse(set ? kBackplaneListen : kWebsocketListen, in_quotes(text) + " has the port of " +
                                                                  shown(config_, kWebsocketListen) +
                                                                  ": write another port");
        }
    }

    // Without keys the folder is all that keeps other users of the machine from joining as a service.
    void check_folder(const std::string& text, const std::string& path) {
        const auto folder = std::filesystem::path(path).parent_path().string();
        struct stat status {};
        if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
            refuse(kBackplaneListen,
                   in_quotes(text) + " lies in no folder: create " + in_quotes(folder) + " with mode 0700");
        } else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
            refuse(kBackplaneListen,
                   in_quotes(text) + " lies in a folder that others may enter: run chmod 700 " + folder);
        }
    }

    void refuse_off_loopback(std::string_view name, const std::string& text) {
        refuse(name, in_quotes(text) +
                         " is off loopback, and the development profile lets everybody in: write a loopback "
                         "address, or start with --config FILE");
    }

    const Config& config_;
    const std::set<std::string>& failed_;
    Problems problems_;
};

}  // namespace

Problems check(const Config& config, const std::set<std::string>& failed) {
    return Checker(config, failed).run();
}

}  // namespace fairlead::config
