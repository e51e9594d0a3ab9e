// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/slow_reader.h"

namespace fairlead::core {

/// Who grants an operation in a namespace; the first grant wins.
enum class Decider : std::uint8_t {
    nobody,
    anyone,
    user,        ///< every client with a user id
    token,       ///< a subscription token for this user and channel; grants subscribing only
    permission,  ///< a `[[permission]]` that fits the client and the channel
    hook,  ///< a service; in the last place it is asked whoever granted before it, and has the last word
};

/// How a subscriber that was away gets what it missed, in channels that keep history.
enum class RecoveryMode : std::uint8_t {
    none,    ///< it asks for the history
    stream,  ///< all that it missed, or nothing
    cache,   ///< the newest publication
};

/// The rules of the channels of one namespace.
struct NamespaceOptions {
    std::string name;  ///< "" = channels without a colon; "*" = any namespace that has no entry of its own
    std::vector<Decider> subscribe;
    std::vector<Decider> publish;
    std::vector<Decider> presence = {};
    std::vector<Decider> history = {};
    std::size_t history_size = 0;           ///< publications kept of each channel; 0 = none
    std::chrono::seconds history_age{300};  ///< how long each is kept
    RecoveryMode recovery = RecoveryMode::stream;
    SlowReader slow_reader = SlowReader::disconnect;
    bool join_leave = false;  ///< subscribers who ask for it are told who joins and who leaves
};

/// What some clients may do. A client fits when each kind that is not empty has an entry that fits; all empty
/// fits nobody. Texts here are literal, or a beginning followed by one `*`.
struct PermissionOptions {
    std::vector<std::string> users;
    std::vector<std::string> labels;                          ///< of the token's `labels`
    std::vector<std::pair<std::string, std::string>> claims;  ///< name and text: every one must fit

    std::vector<std::string> topics;     ///< topics and patterns that these clients may call
    std::vector<std::string> subscribe;  ///< channels, where the namespace has the decider `permission`
    std::vector<std::string> publish;
    std::vector<std::string> presence = {};
    std::vector<std::string> history = {};
};

/// Which hooks are asked, and what they may cost.
struct HookOptions {
    bool connect = false;  ///< who comes in
    bool refresh = false;  ///< who stays, when the time is over that the connect hook gave
    std::chrono::milliseconds deadline{3000};
    std::size_t max_concurrent = 1024;     ///< questions without answer; more are refused with 111
    std::size_t queue_commands = 128;      ///< of one client, behind its question
    std::size_t queue_bytes = 128 * 1024;  ///< of one client, behind its question
    std::size_t cache_bytes = 8 * 1024 * 1024;
};

/// What happens when a user with `max_clients_per_user` clients connects once more.
enum class UserLimit : std::uint8_t {
    refuse,       ///< the new client is refused: 3504
    newest_wins,  ///< the oldest client is closed: 3504
};

/// The rules of clients, channels and requests. Defaults are the strict ones: nothing is allowed.
struct Options {
    bool anonymous = false;           ///< clients without a token are let in
    std::vector<std::string> topics;  ///< topics and patterns that clients may call
    std::string send_topic;           ///< event topic of the `send` command; empty = 3508
    std::vector<NamespaceOptions> namespaces;
    std::vector<PermissionOptions> permissions;
    std::size_t max_subscriptions = 128;   ///< of one client
    std::size_t max_clients_per_user = 0;  ///< 0 = any number
    UserLimit user_limit = UserLimit::refuse;
    /// Bytes times subscribers that the publications of one user, or one address, may cost in a second; over it 111.
    std::size_t max_fanout_per_second = 16 * 1024 * 1024;
    std::chrono::milliseconds request_deadline{4000};
    std::chrono::seconds replies_age{300};  ///< for which outcomes of requests with an idempotency key are kept
    std::size_t max_replies_bytes = 16 * 1024 * 1024;
    std::chrono::seconds expiry_grace{25};
    std::size_t max_history = 1000;               ///< publications of one answer to `history`
    std::size_t max_recovered = 300;              ///< that one subscriber gets for what it missed; more = none
    std::size_t max_recovered_bytes = 512 * 1024; ///< the same, of their data; bounds an answer to `history` too
    std::size_t user_history_size = 100;             ///< publications kept for each user; 0 = none
    std::chrono::seconds user_history_age{600};      ///< how long each is kept
    std::size_t max_presence = 1000;                 ///< clients that an answer to `presence` lists; more = none
    std::size_t max_join_leave = 100;                ///< above so many subscribers of a channel nobody is told of each
    std::chrono::milliseconds leave_delay{1000};     ///< after which a leave is told
    std::chrono::seconds session_grace{30};          ///< in which a new client resumes a session
    std::chrono::seconds user_grace{10};             ///< in which a user without clients counts as online
    std::chrono::seconds vacate_delay{5};            ///< in which a channel without subscribers counts as occupied
    HookOptions hook;
};

}  // namespace fairlead::core
