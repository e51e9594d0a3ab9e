// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

namespace detail {
class Host;
}

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// What a Service may be told. What is set here holds; what is left empty comes from the environment, then
/// from the default.
struct ServiceOptions {
    /// Where the broker is: `tcp://host:port` or `ipc://path`. Environment: FAIRLEAD_SDK_BROKERS, with
    /// commas. Default tcp://127.0.0.1:7000. One broker for now: more are refused by the constructor.
    std::vector<std::string> brokers;

    /// The broker's public key, 40 characters as `fairlead keygen` prints them. With several each is tried in turn, so
    /// that the broker's key can change while the service runs. Environment: FAIRLEAD_SDK_SERVER_KEYS, with commas.
    /// Empty: a broker without keys, on this machine.
    std::vector<std::string> server_keys;

    /// File with the service's own secret key, as `fairlead keygen` makes it; only its owner may read it. Needed with
    /// `server_keys`. Environment: FAIRLEAD_SDK_KEY_FILE.
    std::string key_file;

    /// The secret key itself in place of a file, 40 characters. The SDK wipes its copies of this text.
    std::string secret_key;

    /// Threads that run handlers. Environment: FAIRLEAD_SDK_THREADS. Default: the cores, at least 4.
    unsigned threads = 0;

    /// The group of listeners that name none: one copy of an event goes to each group. Default: the service's
    /// name.
    std::string group;

    /// Deadline of a call that names none and is not made through a request.
    std::chrono::milliseconds call_timeout{4000};

    /// How long a publication, event or push may wait for a broker and for its acknowledgement; then
    /// `unavailable`.
    std::chrono::milliseconds send_timeout{10'000};

    /// What may wait to be sent, payloads and calls together; beyond it `overloaded`, or `unavailable`
    /// without a broker.
    std::size_t queue_bytes = 8 * 1024 * 1024;

    /// Events that may wait for a handler thread, in bytes; beyond it they are dropped, counted and logged.
    std::size_t event_queue_bytes = 16 * 1024 * 1024;

    /// How long run() lets handlers finish after SIGTERM or SIGINT.
    std::chrono::milliseconds stop_timeout{10'000};

    /// Takes each line of the log, on any thread, one at a time; must not block. Default: lines on stderr.
    std::function<void(LogLevel level, std::string_view line)> log;

    /// Lines below it are not made. Environment: FAIRLEAD_SDK_LOG (debug, info, warning, error), which holds
    /// over this.
    LogLevel log_level = LogLevel::info;

    /// For tests: fairlead::testing::Broker::options() sets it. Empty: the machine's clock and network.
    std::shared_ptr<detail::Host> host;
};

}  // namespace fairlead
