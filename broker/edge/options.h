// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::edge {

/// So many a second, and so many at once.
struct Rate {
    double per_second = 0;
    double burst = 0;
};

/// The WebSocket side: where it listens and what a peer may cost. Defaults are the shipped limits.
struct Options {
    std::string listen = "127.0.0.1:8000";  ///< host:port; [::1]:port; port 0 takes a free one
    std::string path = "/connection/websocket";
    unsigned threads = 0;                   ///< 0 = auto: one on up to two cores, else one a core but one
    std::vector<std::string> allowed_origins;  ///< `scheme://host[:port]`; port `*` = any; absent Origin is allowed
    std::vector<std::string> trusted_proxies;  ///< addresses and networks whose X-Forwarded-For is believed
    std::vector<std::string> proxy_protocol_from;  ///< those that begin each connection with a PROXY v2 header
    bool insecure_token_in_url = false;        ///< `?token=` counts for a connect command without a token
    bool insecure_token_in_url_confirmed = false;  ///< off loopback too

    std::string tls_certificate_file;   ///< PEM, with its chain; with tls_key_file the listener speaks TLS only
    std::string tls_key_file;           ///< PEM; group and others cannot read it
    std::string tls_client_ca_file;     ///< PEM: client certificates of these authorities are asked for
    bool tls_client_required = false;   ///< no connection without one

    std::chrono::milliseconds tls_handshake_timeout{5000};  ///< accept to finished TLS handshake
    std::chrono::milliseconds upgrade_timeout{5000};  ///< accept, or TLS handshake, to finished HTTP upgrade
    std::chrono::milliseconds connect_timeout{15000}; ///< upgrade to connect command: 3502
    std::chrono::milliseconds message_timeout{10000}; ///< first to last fragment of a message
    std::chrono::milliseconds ping_interval{25000};
    std::chrono::milliseconds pong_timeout{8000};     ///< from the moment the ping left our queue: 3012
    std::chrono::milliseconds linger{1000};           ///< after a close frame: reading on so that it arrives

    std::size_t max_header_bytes = 8 * 1024;
    std::size_t max_header_lines = 64;
    std::size_t max_message_bytes = 64 * 1024;
    std::size_t max_fragments = 64;
    std::size_t max_depth = 64;
    std::size_t max_commands_per_message = 256;

    std::size_t max_clients = 0;              ///< 0 = min(descriptors - 64, 20,000)
    std::size_t max_clients_per_ip = 100;
    std::size_t max_before_connect = 1000;
    Rate accepts_per_ip{20, 50};
    Rate verifications_per_ip{20, 100};       ///< of tokens; one that fails counts twice
    bool limit_loopback = false;              ///< per-IP limits hold for loopback too

    Rate control_frames{10, 20};
    Rate commands{100, 200};                  ///< over it: 111, then 3013
    std::size_t max_bytes_per_second = 1024 * 1024;  ///< of one client; over it reading pauses

    std::size_t max_queue_bytes = 1024 * 1024;              ///< out-queue of one client: see edge/lag.h
    std::chrono::milliseconds max_queue_age{10000};         ///< of what waits longest in it; 0 = any
    std::size_t max_total_queue_bytes = 256 * 1024 * 1024;  ///< all out-queues of the broker
    std::size_t mailbox_entries = 64 * 1024;                ///< what core may be ahead of an edge thread
};

}  // namespace fairlead::edge
