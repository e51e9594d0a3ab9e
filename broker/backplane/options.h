// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wire/limits.h"

namespace fairlead::backplane {

/// Who owns a key, and what its owner may do. Nothing that is not named. Patterns are those of topics; a
/// channel is named in full, or by its beginning and `*`.
struct ServiceRights {
    std::string name;                      ///< its greeting must say it
    std::vector<std::string> public_keys;  ///< any of them; several while keys change
    std::vector<std::string> topics;       ///< requests and hooks that it may handle
    std::vector<std::string> listens;      ///< events that it may hear
    std::vector<std::string> groups;       ///< groups that it may listen in, besides its own
    std::vector<std::string> calls;        ///< topics that it may ask
    std::vector<std::string> emits;        ///< topics of events that it may emit
    std::vector<std::string> channels;     ///< that it may publish to
    bool push = false;                     ///< may send to single clients
    bool control = false;                  ///< may disconnect clients
};

/// The services' side: where it listens and what a service may cost. Defaults are the shipped limits.
struct Options {
    /// `tcp://`, off loopback only with a key; or `ipc://` in a folder that only its owner may enter. Port 0
    /// or `*` takes a free port.
    std::vector<std::string> listen{"tcp://127.0.0.1:7000"};

    /// The broker's key. With it all that listens is keyed: nobody gets in without a key of `services`.
    std::string secret_key_file;
    std::string previous_secret_key_file;      ///< while services change over: the key of
    std::vector<std::string> previous_listen;  ///< these addresses
    std::vector<ServiceRights> services;

    /// Off loopback without keys: only when both say so.
    bool insecure_no_keys = false;
    bool insecure_no_keys_confirmed = false;

    bool keyed() const { return !secret_key_file.empty(); }

    std::chrono::milliseconds heartbeat = wire::kHeartbeat;
    std::chrono::milliseconds dead_after = wire::kDeadAfter;  ///< silence that ends a link
    std::chrono::milliseconds probe = wire::kProbe;           ///< while requests are outstanding

    std::chrono::milliseconds request_deadline =
        wire::kRequestDeadline;                         ///< of a request that nobody gave one
    std::size_t request_queue_entries = 1024;           ///< of a topic
    std::size_t request_queue_bytes = 4 * 1024 * 1024;  ///< of a topic, payloads
    std::size_t max_leases = 100'000;                   ///< of a topic: keys that have an owner
    std::uint32_t max_attempts = 4;                     ///< how often one request is handed to an instance
    std::chrono::milliseconds hold{20};  ///< an endpoint that said "full" gets nothing for that long

    /// A cancelled request keeps its place in the window until the instance answers, but no longer than that.
    std::chrono::milliseconds cancel_grace{30'000};

    std::size_t event_queue_bytes = 4 * 1024 * 1024;  ///< of a group
    std::chrono::milliseconds event_queue_age{5000};  ///< of a group
    std::size_t event_window_bytes =
        8 * 1024 * 1024;  ///< events to an instance between two of its signs of life

    std::uint32_t byte_window = wire::kDefaultByteWindow;        ///< emits and publications of a link
    std::size_t max_payload_bytes = wire::kDefaultPayloadBytes;  ///< one payload
    std::size_t max_payload_depth = wire::kDefaultValueDepth;
    std::size_t max_links = 1024;
    std::size_t max_endpoints = 512;  ///< of an instance
    std::size_t max_interests = 512;  ///< of an instance
    std::uint32_t max_faults = 16;    ///< malformed frames of a link; then it is cut
    std::chrono::seconds ban{60};     ///< a peer that was cut is not heard for that long
    std::size_t max_backlog_bytes =
        16 * 1024 * 1024;              ///< what waits for a link that does not read; then it is cut
    std::size_t turn_messages = 1000;  ///< read in one turn at most
    std::string version;               ///< of the broker, said in the welcome
    bool shared = false;               ///< brokers share channels: said in the welcome
};

}  // namespace fairlead::backplane
