// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "config/table.h"
#include "config/value.h"
#include "config/weak.h"

namespace fairlead::config {
namespace {

// A site that is busier than most writes a few times what ships. At more than this the limit limits nothing.
constexpr std::int64_t kFar = 10;

// What happens when the limit is far. Options whose range ends before (header, depth, handshake) are not
// here.
struct Limit {
    std::string_view section, key, what;
};

constexpr std::string_view kMemory = "one client can take much memory";
constexpr std::string_view kWork = "one client can take much of the broker's time";
constexpr std::string_view kAddress = "one address can take the place of many";
constexpr std::string_view kSilence = "who is gone keeps his place for long";
constexpr std::string_view kBacklog = "much memory can wait for services that do not read";

constexpr Limit kLimits[] = {
    {"websocket", "mailbox_entries", "much memory can wait between two threads"},
    {"client", "max_subscriptions", kMemory},
    {"client", "ping_interval", kSilence},
    {"client", "pong_timeout", kSilence},
    {"client", "max_message", kMemory},
    {"client", "max_fragments", kWork},
    {"client", "max_commands_per_message", kWork},
    {"client", "max_queue", "a few slow readers can hold much memory"},
    {"client", "max_queue_age", "who does not read is noticed late"},
    {"client", "max_total_queue", "slow readers can hold the memory of the machine"},
    {"client", "max_clients_per_ip", kAddress},
    {"client", "max_before_connect", "connections that say nothing can take the places of clients"},
    {"client", "accepts_per_ip", kAddress},
    {"client", "accepts_per_ip_burst", kAddress},
    {"client", "verifications_per_ip", "one address can keep the broker busy with signatures"},
    {"client", "verifications_per_ip_burst", "one address can keep the broker busy with signatures"},
    {"client", "commands", kWork},
    {"client", "commands_burst", kWork},
    {"client", "control_frames", kWork},
    {"client", "control_frames_burst", kWork},
    {"client", "max_bytes_per_second", kWork},
    {"client", "max_history", kMemory},
    {"client", "max_recovered", kMemory},
    {"client", "max_recovered_bytes", kMemory},
    {"client", "max_presence", kMemory},
    {"client", "max_join_leave", "one who comes and goes has the broker send much"},
    {"client", "max_fanout_per_second", "one client can have the broker send much"},
    {"token", "jwks_refresh", "a key that its owner takes back is accepted for that long"},
    {"token", "jwks_max_age", "whoever keeps the key set away keeps its old keys in use for that long"},
    {"backplane", "dead_after", "requests go to dead instances for that long"},
    {"backplane", "max_links", "one machine can take many places of services"},
    {"backplane", "max_backlog", kBacklog},
    {"backplane", "request_queue", kBacklog},
    {"backplane", "request_queue_bytes", kBacklog},
    {"backplane", "max_leases", kMemory},
    {"backplane", "max_attempts", "one request that ends its handler can end as many instances"},
    {"backplane", "event_queue_bytes", kBacklog},
    {"backplane", "max_payload", "one payload can take much memory"},
    {"hook", "max_concurrent", "clients can keep the hooks' service busy"},
    {"hook", "queue_commands", kMemory},
    {"hook", "queue", kMemory},
};

void add_limit(WeakList& list, const Config& config, const Limit& limit) {
    const Row& row = *find_row(limit.section, limit.key);
    const auto most = kFar * std::get<std::int64_t>(standard_of(row));
    list.add(std::get<std::int64_t>(row.get(config)) > most, name_of(row),
             std::string(limit.what) + "; write " + format_value(row, standard_of(row)) + " to " +
                 format_value(row, most));
}

void add_times(WeakList& list, const Config& config) {
    using std::chrono::minutes;
    using std::chrono::seconds;
    list.add(config.auth.leeway > minutes(1), "token.leeway",
             "expired tokens are accepted for more than a minute; keep the clocks together and write 30s");
    list.add(config.core.expiry_grace > minutes(1), "client.expiry_grace",
             "clients stay for more than a minute after their token expired; write 25s");
    list.add(config.core.request_deadline > seconds(5), "backplane.request_deadline",
             "client SDKs give up after 5s; write less than 5s");
    list.add(config.core.hook.deadline > seconds(5), "hook.deadline",
             "client SDKs give up after 5s, and their commands wait that long; write 3s");
    list.add(config.backplane.ban == seconds(0), "backplane.ban",
             "a peer that was cut for malformed frames may go on at once; write 60s");
}

}  // namespace

void add_weak_limits(WeakList& list, const Config& config) {
    for (const Limit& limit : kLimits)
        add_limit(list, config, limit);
    add_times(list, config);
    list.add(config.log.level == base::LogLevel::debug, "log.level", "debug is for development; write info");
}

}  // namespace fairlead::config
