// SPDX-License-Identifier: Apache-2.0
#include "config/table.h"

#include <cctype>

#include "config/draft.h"
#include "config/names.h"

namespace fairlead::config {
namespace {

using A = auth::Options;
using B = backplane::Options;
using C = Config;
using G = engine::Options;
using E = edge::Options;
using H = core::HookOptions;
using K = core::Options;
using R = edge::Rate;
using S = SecretFiles;

constexpr std::int64_t kKiB = 1024;
constexpr std::int64_t kMiB = 1024 * kKiB;
constexpr std::int64_t kGiB = 1024 * kMiB;
constexpr std::int64_t kMs = 1;
constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kMany = 1'000'000;

// Words in the order of the enumeration's values.
constexpr std::string_view kLevels = "debug|info|warning|error";
constexpr std::string_view kFormats = "text|json";
constexpr std::string_view kUserLimits = "refuse|newest_wins";

std::string word_at(std::string_view words, std::size_t index) {
    for (; index > 0; --index)
        words.remove_prefix(words.find('|') + 1);
    return std::string(words.substr(0, words.find('|')));
}

std::size_t index_of(std::string_view words, const Value& value) {
    std::size_t index = 0;
    while (word_at(words, index) != std::get<std::string>(value))
        ++index;
    return index;
}

Draft log_level(std::string_view what) {
    Draft row = draft(Kind::choice, "log", "level", "info", what);
    row.choices = kLevels;
    row.get = [](const C& c) -> Value { return word_at(kLevels, static_cast<std::size_t>(c.log.level)); };
    row.set = [](C& c, const Value& v) { c.log.level = static_cast<base::LogLevel>(index_of(kLevels, v)); };
    return row;
}

Draft log_format(std::string_view what) {
    Draft row = draft(Kind::choice, "log", "format", "text", what);
    row.choices = kFormats;
    row.get = [](const C& c) -> Value { return word_at(kFormats, static_cast<std::size_t>(c.log.format)); };
    row.set = [](C& c, const Value& v) { c.log.format = static_cast<LogFormat>(index_of(kFormats, v)); };
    return row;
}

Draft user_limit(std::string_view what) {
    Draft row = draft(Kind::choice, "client", "user_limit", "refuse", what);
    row.choices = kUserLimits;
    row.get = [](const C& c) -> Value {
        return word_at(kUserLimits, static_cast<std::size_t>(c.core.user_limit));
    };
    row.set = [](C& c, const Value& v) {
        c.core.user_limit = static_cast<core::UserLimit>(index_of(kUserLimits, v));
    };
    return row;
}

// Core settles what nobody answers, the gateway tells services how long they have: one option for both.
void set_request_deadline(Config& config, const Value& value) {
    from_value(config.core.request_deadline, value);
    from_value(config.backplane.request_deadline, value);
}

// clang-format off
std::vector<Row> websocket_rows() {
    constexpr auto s = "websocket";
    return {
        text<&C::edge, &E::listen>(s, "listen", "127.0.0.1:8000",
            "Where WebSocket clients connect: a numeric address and a port, `[::1]:8000` for IPv6. Port 0 takes a free one.")
            .refused_by(refuse_address).restart(),
        text<&C::edge, &E::path>(s, "path", "/connection/websocket",
            "Path of the URL that clients use.").refused_by(refuse_path).restart(),
        text<&C::edge, &E::tls_certificate_file>(s, "tls_certificate_file", "",
            "PEM file with the certificate of the broker and its chain. With it and `tls_key_file` clients connect with "
            "`wss://` only. Both files are read again when they change, and on SIGHUP.").path().restart(),
        text<&C::edge, &E::tls_key_file>(s, "tls_key_file", "",
            "PEM file with the private key of the certificate, without a passphrase. Group and others may not read it.")
            .path().restart(),
        text<&C::edge, &E::tls_client_ca_file>(s, "tls_client_ca_file", "",
            "PEM file with the authorities of client certificates. A client that shows one needs no token: the first e-mail "
            "address, DNS name or URI among the certificate's alternative names is its user.").path().restart(),
        flag<&C::edge, &E::tls_client_required>(s, "tls_client_required", "false",
            "Whether clients without a certificate are refused in the TLS handshake.").restart(),
        time<&C::edge, &E::tls_handshake_timeout>(s, "tls_handshake_timeout", "5s", 10 * kMs, 30 * kSecond,
            "From accepting a connection to its finished TLS handshake; the HTTP upgrade has a time of its own."),
        count<&C::edge, &E::threads>(s, "threads", "auto", 1, 256,
            "Edge threads. `auto` is one on up to two cores, else one a core but one.").zero_is("auto").restart(),
        list<&C::edge, &E::allowed_origins>(s, "allowed_origins", "",
            "Pages that may connect, as `https://example.com`, with a port if it is not the usual one; port `*` is any. "
            "Empty allows pages of the same host and port only. Clients that send no Origin are let in.")
            .refused_by(refuse_origin),
        list<&C::edge, &E::trusted_proxies>(s, "trusted_proxies", "",
            "Proxies whose `X-Forwarded-For` tells where a client comes from: addresses and networks such as `10.0.0.0/8`. "
            "Of its addresses the rightmost counts that is not such a proxy's.")
            .refused_by(refuse_network).restart(),
        list<&C::edge, &E::proxy_protocol_from>(s, "proxy_protocol_from", "",
            "Load balancers, as addresses and networks, that begin each connection with a header of the PROXY protocol, "
            "version 2: they must, and nobody else may.")
            .refused_by(refuse_network).restart(),
        size<&C::edge, &E::max_header_bytes>(s, "max_header", "8 KiB", kKiB, 15 * kKiB,
            "All header lines of the HTTP upgrade."),
        count<&C::edge, &E::max_header_lines>(s, "max_header_lines", "64", 8, 256,
            "Header lines of the HTTP upgrade."),
        count<&C::edge, &E::mailbox_entries>(s, "mailbox_entries", "65536", 1024, 16 * kMany,
            "How many entries core may be ahead of an edge thread.").restart(),
    };
}

std::vector<Row> access_rows() {
    constexpr auto s = "client";
    return {
        flag<&C::core, &K::anonymous>(s, "anonymous", "false",
            "Whether clients without a token are let in."),
        flag<&C::edge, &E::insecure_token_in_url>(s, "insecure_token_in_url", "false",
            "Whether `?token=` in the URL counts where the connect command has no token. URLs end up in the logs of proxies.")
            .restart(),
        flag<&C::edge, &E::insecure_token_in_url_confirmed>(s, "insecure_token_in_url_confirmed", "false",
            "Says that `insecure_token_in_url` is meant, which a listener off loopback needs.").restart(),
        list<&C::core, &K::topics>(s, "topics", "",
            "Topics and patterns that clients may call: `*` stands for one segment, `>` at the end for one or more.")
            .refused_by(refuse_pattern),
        text<&C::core, &K::send_topic>(s, "send_topic", "",
            "Topic of the event that a client's `send` becomes. Empty: `send` closes the client with 3508.")
            .refused_by(refuse_topic),
        count<&C::core, &K::max_subscriptions>(s, "max_subscriptions", "128", 1, 4096,
            "Channels that one client may be subscribed to."),
    };
}

std::vector<Row> time_rows() {
    constexpr auto s = "client";
    return {
        time<&C::edge, &E::upgrade_timeout>(s, "upgrade_timeout", "5s", 10 * kMs, 30 * kSecond,
            "From accepting a connection, or from its TLS handshake, to its finished HTTP upgrade."),
        time<&C::edge, &E::connect_timeout>(s, "connect_timeout", "15s", 10 * kMs, kMinute,
            "From the upgrade to the connect command; then the client is closed with 3502."),
        time<&C::edge, &E::message_timeout>(s, "message_timeout", "10s", 10 * kMs, kMinute,
            "From the first to the last fragment of a message."),
        time<&C::edge, &E::ping_interval>(s, "ping_interval", "25s", 10 * kMs, kHour,
            "Time between two pings to a client."),
        time<&C::edge, &E::pong_timeout>(s, "pong_timeout", "8s", 10 * kMs, kHour,
            "How long a client may take to answer a ping, from when it left our queue; then it is closed with 3012."),
        time<&C::edge, &E::linger>(s, "linger", "1s", 0, 10 * kSecond,
            "How long a closed connection is still read, so that the reason of the close arrives."),
        time<&C::core, &K::expiry_grace>(s, "expiry_grace", "25s", 0, kHour,
            "How long a client stays after its token expired, to bring a new one; in whole seconds."),
    };
}

std::vector<Row> size_rows() {
    constexpr auto s = "client";
    return {
        size<&C::edge, &E::max_message_bytes>(s, "max_message", "64 KiB", kKiB, 8 * kMiB,
            "One message of a client, reassembled. A larger one closes it with 1009, for good."),
        count<&C::edge, &E::max_fragments>(s, "max_fragments", "64", 1, 4096,
            "Fragments of one message."),
        count<&C::edge, &E::max_depth>(s, "max_depth", "64", 4, 128,
            "Nesting of JSON and MessagePack in a message.").restart(),
        count<&C::edge, &E::max_commands_per_message>(s, "max_commands_per_message", "256", 1, 4096,
            "Commands that a client may batch in one message."),
        size<&C::edge, &E::max_queue_bytes>(s, "max_queue", "1 MiB", kKiB, kGiB,
            "What may wait for one client that reads slowly; then `slow_reader` of the channel's [[namespace]] says what happens."),
        time<&C::edge, &E::max_queue_age>(s, "max_queue_age", "10s", 0, kHour,
            "How long anything may wait for it until the same happens, and twice that at the most. 0s is any time."),
        size<&C::edge, &E::max_total_queue_bytes>(s, "max_total_queue", "256 MiB", kKiB, 1024 * kGiB,
            "What may wait for all clients together; over it the largest queues give way first.").restart(),
    };
}

std::vector<Row> rate_rows() {
    constexpr auto s = "client";
    return {
        count<&C::edge, &E::max_clients>(s, "max_clients", "auto", 1, 10 * kMany,
            "Clients at once. `auto` is 20,000, or what the limit of open files allows.").zero_is("auto").restart(),
        count<&C::edge, &E::max_clients_per_ip>(s, "max_clients_per_ip", "100", 1, 10 * kMany,
            "Clients of one IP address."),
        count<&C::core, &K::max_history>(s, "max_history", "1000", 1, kMany,
            "Publications of one answer to `history`."),
        count<&C::core, &K::max_recovered>(s, "max_recovered", "300", 1, kMany,
            "Publications that a client gets which was away; one that missed more is told that they cannot be had."),
        size<&C::core, &K::max_recovered_bytes>(s, "max_recovered_bytes", "512 KiB", kKiB, kGiB,
            "Their payloads together. An answer to `history` is cut at as much. Half of `max_queue` at the most makes sense."),
        count<&C::core, &K::user_history_size>(s, "user_history_size", "100", 0, kMany,
            "How many publications are kept for each user, so that a device which was away gets what it missed. 0 keeps none."),
        time<&C::core, &K::user_history_age>(s, "user_history_age", "10m", kSecond, 365 * 24 * kHour,
            "How long each is kept."),
        count<&C::core, &K::max_presence>(s, "max_presence", "1000", 1, kMany,
            "Clients that an answer to `presence` lists. In a channel with more it fails with 108, and `presence_stats` tells "
            "how many there are."),
        count<&C::core, &K::max_join_leave>(s, "max_join_leave", "100", 1, kMany,
            "Subscribers of a channel up to which they are told who joins and who leaves."),
        time<&C::core, &K::leave_delay>(s, "leave_delay", "1s", 0, kMinute,
            "After how long a leave is told; who subscribes again before has not left."),
        count<&C::core, &K::max_clients_per_user>(s, "max_clients_per_user", "unlimited", 1, 10 * kMany,
            "Clients of one user at once.").zero_is("unlimited"),
        user_limit("Who gives way over `max_clients_per_user`: with `refuse` the new client, with `newest_wins` the oldest. "
            "It is closed with 3504."),
        count<&C::edge, &E::max_before_connect>(s, "max_before_connect", "1000", 1, 10 * kMany,
            "Connections at once that have not sent their connect command yet, at most half of `max_clients`. For one more "
            "that one of them is closed which made no step for longest."),
        count<&C::edge, &E::accepts_per_ip, &R::per_second>(s, "accepts_per_ip", "20", 1, kMany,
            "New connections of one IP address a second."),
        count<&C::edge, &E::accepts_per_ip, &R::burst>(s, "accepts_per_ip_burst", "50", 1, kMany,
            "New connections of one IP address at once."),
        count<&C::edge, &E::verifications_per_ip, &R::per_second>(s, "verifications_per_ip", "20", 1, kMany,
            "Tokens of one IP address that are verified a second; one that is not valid counts twice. Over it connects and "
            "refreshes fail with 111."),
        count<&C::edge, &E::verifications_per_ip, &R::burst>(s, "verifications_per_ip_burst", "100", 2, kMany,
            "Tokens of one IP address that are verified at once."),
        flag<&C::edge, &E::limit_loopback>(s, "limit_loopback", "false",
            "Whether the limits per IP address hold for clients on loopback, such as a proxy on the same machine."),
        count<&C::edge, &E::commands, &R::per_second>(s, "commands", "100", 1, kMany,
            "Commands of one client a second; over it they fail with 111, then the client is closed with 3013."),
        count<&C::edge, &E::commands, &R::burst>(s, "commands_burst", "200", 1, kMany,
            "Commands of one client at once."),
        count<&C::edge, &E::control_frames, &R::per_second>(s, "control_frames", "10", 1, kMany,
            "WebSocket control frames of one client a second."),
        count<&C::edge, &E::control_frames, &R::burst>(s, "control_frames_burst", "20", 1, kMany,
            "WebSocket control frames of one client at once."),
        size<&C::edge, &E::max_bytes_per_second>(s, "max_bytes_per_second", "1 MiB", kKiB, kGiB,
            "What is read from one client in a second; over it reading pauses."),
        size<&C::core, &K::max_fanout_per_second>(s, "max_fanout_per_second", "16 MiB", 64 * kKiB, 1024 * kGiB,
            "What the publications of one user, or of one address without a user, may cost in a second, bytes times "
            "subscribers; over it they fail with 111."),
    };
}

std::vector<Row> token_rows() {
    constexpr auto s = "token";
    return {
        text<&C::secret_files, &S::hs256>(s, "hs256_secret_file", "",
            "File with the secret of HS256 tokens: its bytes as they are, without one newline at the end, at least 32. "
            "Group and others may not read it. Without any key no token is accepted.").path(),
        list<&C::secret_files, &S::previous_hs256>(s, "previous_hs256_secret_files", "",
            "Files with older secrets of HS256 tokens that are still accepted.").refused_by(refuse_file).path(),
        text<&C::secret_files, &S::hs384>(s, "hs384_secret_file", "",
            "File with the secret of HS384 tokens, at least 48 bytes.").path(),
        text<&C::secret_files, &S::hs512>(s, "hs512_secret_file", "",
            "File with the secret of HS512 tokens, at least 64 bytes.").path(),
        text<&C::secret_files, &S::jwks>(s, "jwks_file", "",
            "File with a JSON Web Key Set: public keys of RS256, PS256, ES256, ES384 and EdDSA, at most 64. Keys for other "
            "uses in it are passed over.").path(),
        text<&C::auth, &A::jwks_url>(s, "jwks_url", "",
            "Where to fetch another such set, `https://`; `http://` on loopback only. It is fetched in the background, and "
            "what was fetched last stays in use when that fails.").refused_by(refuse_url),
        text<&C::auth, &A::jwks_ca_file>(s, "jwks_ca_file", "",
            "File in PEM with the authorities whose certificate that server must have. Empty: those of the system.").path(),
        flag<&C::auth, &A::jwks_insecure_http>(s, "jwks_insecure_http", "false",
            "Whether the set may be fetched without TLS beyond loopback: whoever is on the way can then let in whom he likes."),
        flag<&C::auth, &A::jwks_insecure_http_confirmed>(s, "jwks_insecure_http_confirmed", "false",
            "Says that `jwks_insecure_http` is meant, which a listener of clients off loopback needs."),
        time<&C::auth, &A::jwks_refresh>(s, "jwks_refresh", "5m", 30 * kSecond, 24 * kHour,
            "Time between two fetches. A token with an unknown `kid` brings the next one forward, to 30s after the last."),
        time<&C::auth, &A::jwks_max_age>(s, "jwks_max_age", "24h", kMinute, 30 * 24 * kHour,
            "How long fetched keys are used while they cannot be fetched again."),
        text<&C::auth, &A::audience>(s, "audience", "",
            "What `aud` must be or hold. Empty: not asked for."),
        text<&C::auth, &A::issuer>(s, "issuer", "",
            "What `iss` must be. Empty: not asked for."),
        time<&C::auth, &A::leeway>(s, "leeway", "30s", 0, 5 * kMinute,
            "How far the clocks of signer and broker may be apart."),
        flag<&C::auth, &A::require_exp>(s, "require_exp", "false",
            "Whether tokens must expire."),
        size<&C::auth, &A::max_token_bytes>(s, "max_bytes", "4 KiB", 256, 8 * kKiB,
            "The longest token."),
    };
}

std::vector<Row> link_rows() {
    constexpr auto s = "backplane";
    return {
        list<&C::backplane, &B::listen>(s, "listen", "tcp://127.0.0.1:7000",
            "Where services connect: `tcp://` with a numeric address, off loopback only with `secret_key_file`, or `ipc://` with "
            "a path in a folder that only its owner may enter. Port `*` takes a free one.").refused_by(refuse_backplane_address).restart(),
        text<&C::backplane, &B::secret_key_file>(s, "secret_key_file", "",
            "File with the broker's secret key, as `fairlead keygen` makes it, mode 0600. With it every service needs a key "
            "of a [[service]] table, on all addresses. Without it services may be on this machine only.").path().restart(),
        list<&C::backplane, &B::previous_listen>(s, "previous_listen", "",
            "While the broker's key changes: addresses for services that only know the previous one.")
            .refused_by(refuse_backplane_address).restart(),
        text<&C::backplane, &B::previous_secret_key_file>(s, "previous_secret_key_file", "",
            "File with the secret key of `previous_listen`.").path().restart(),
        flag<&C::backplane, &B::insecure_no_keys>(s, "insecure_no_keys", "false",
            "Lets services on other machines in without keys: anybody who reaches the port is any service.").restart(),
        flag<&C::backplane, &B::insecure_no_keys_confirmed>(s, "insecure_no_keys_confirmed", "false",
            "Says that `insecure_no_keys` is meant, which a listener off loopback needs.").restart(),
        time<&C::backplane, &B::heartbeat>(s, "heartbeat", "1s", 10 * kMs, kMinute,
            "Time between two heartbeats of a link.").restart(),
        time<&C::backplane, &B::dead_after>(s, "dead_after", "3s", 10 * kMs, 10 * kMinute,
            "Silence after which an instance is dead.").restart(),
        count<&C::backplane, &B::max_links>(s, "max_links", "1024", 1, 65'536,
            "Instances of services at once.").restart(),
        size<&C::backplane, &B::max_backlog_bytes>(s, "max_backlog", "16 MiB", kKiB, kGiB,
            "What may wait for an instance that does not read; then it is cut.").restart(),
        time<&C::backplane, &B::ban>(s, "ban", "60s", 0, kHour,
            "How long a peer is not heard that was cut for malformed frames; in whole seconds.").restart(),
    };
}

std::vector<Row> queue_rows() {
    constexpr auto s = "backplane";
    return {
        time<&C::backplane, &B::request_deadline>(s, "request_deadline", "4s", 10 * kMs, 10 * kMinute,
            "Deadline of a request whose endpoint sets none. Client SDKs give up after 5s by themselves.")
            .set_by(set_request_deadline).restart(),
        time<&C::core, &K::replies_age>(s, "replies_age", "5m", 1 * kSecond, kHour,
            "How long the outcome of a request with an idempotency key is kept for those that ask again.").restart(),
        size<&C::core, &K::max_replies_bytes>(s, "max_replies", "16 MiB", 0, kGiB,
            "What these outcomes take up; over it the oldest are forgotten.").restart(),
        count<&C::backplane, &B::request_queue_entries>(s, "request_queue", "1024", 0, kMany,
            "Requests of one topic that wait for a free instance; more fail with 111.").restart(),
        size<&C::backplane, &B::request_queue_bytes>(s, "request_queue_bytes", "4 MiB", 0, kGiB,
            "Payloads of the requests of one topic that wait for a free instance.").restart(),
        count<&C::backplane, &B::max_leases>(s, "max_leases", "100000", 0, 10 * kMany,
            "Keys of one topic that an instance owns; requests of more fail with 111.").restart(),
        count<&C::backplane, &B::max_attempts>(s, "max_attempts", "4", 1, 100,
            "How often one request is handed to an instance before it fails.").restart(),
        size<&C::backplane, &B::event_queue_bytes>(s, "event_queue_bytes", "4 MiB", 0, kGiB,
            "Events that wait for one group.").restart(),
        time<&C::backplane, &B::event_queue_age>(s, "event_queue_age", "5s", 0, 10 * kMinute,
            "How long an event waits for its group.").restart(),
        size<&C::backplane, &B::max_payload_bytes>(s, "max_payload", "256 KiB", kKiB, 8 * kMiB,
            "One payload of a request, reply, event, publication or push.").restart(),
        count<&C::backplane, &B::max_payload_depth>(s, "max_payload_depth", "64", 4, 128,
            "Nesting of MessagePack in a payload.").restart(),
    };
}

std::vector<Row> hook_rows() {
    constexpr auto s = "hook";
    return {
        flag<&C::core, &K::hook, &H::connect>(s, "connect", "false",
            "Whether a service decides which clients come in."),
        flag<&C::core, &K::hook, &H::refresh>(s, "refresh", "false",
            "Whether a service decides who stays when the time is over that the connect hook gave. Otherwise such a client "
            "is closed with 3005 and comes back through the connect hook."),
        time<&C::core, &K::hook, &H::deadline>(s, "deadline", "3s", 10 * kMs, kMinute,
            "How long a hook may take; then the client is refused with 100, temporary. Client SDKs give up after 5s."),
        count<&C::core, &K::hook, &H::max_concurrent>(s, "max_concurrent", "1024", 1, kMany,
            "Questions to hooks at once; more fail with 111."),
        count<&C::core, &K::hook, &H::queue_commands>(s, "queue_commands", "128", 1, 65'536,
            "Commands of one client that wait behind its question; more fail with 111."),
        size<&C::core, &K::hook, &H::queue_bytes>(s, "queue", "128 KiB", kKiB, 64 * kMiB,
            "Bytes of the commands of one client that wait behind its question."),
        size<&C::core, &K::hook, &H::cache_bytes>(s, "cache", "8 MiB", 0, kGiB,
            "Answers of hooks that hold for a while.").restart(),
    };
}

std::vector<Row> session_rows() {
    constexpr auto s = "session";
    return {
        time<&C::core, &K::session_grace>(s, "grace", "30s", 0, kHour,
            "How long a session without clients may be resumed: services hear that it is closed when that is over. A "
            "session is a user's `sid`."),
        time<&C::core, &K::user_grace>(s, "user_grace", "10s", 0, kHour,
            "How long a user without clients counts as online."),
        time<&C::core, &K::vacate_delay>(s, "vacate_delay", "5s", 0, kHour,
            "How long a channel without subscribers counts as occupied."),
    };
}

std::vector<Row> engine_rows() {
    constexpr auto s = "engine";
    return {
        size<&C::engine, &G::memory>(s, "memory", "256 MiB", kMiB, 1024 * kGiB,
            "What the history of all channels may take up. Over it the channels lose most that were used least recently; a "
            "client that comes back is then told that what it missed cannot be had.").restart(),
        time<&C::engine, &G::metadata_age>(s, "metadata_age", "720h", kMinute, 10 * 365 * 24 * kHour,
            "How long a channel's place (epoch and offset) outlives its last use.").restart(),
    };
}

std::vector<Row> memory_rows() {
    return {
        size<&C::memory, &MemoryOptions::budget>("memory", "budget", "auto", 16 * kMiB, 1024 * kGiB,
            "What the broker may take up in memory. From 85 % of it on new clients are refused, from 92 % on the clients are "
            "closed that read least. `auto` is 80 % of what the machine, or the cgroup of the broker, has.")
            .zero_is("auto").restart(),
    };
}

std::vector<Row> log_rows() {
    return {
        log_level("The least level that is written."),
        log_format("One line of text or one JSON object for each message, to stderr.").restart(),
    };
}
// clang-format on

std::vector<Row> all_rows() {
    std::vector<Row> rows;
    for (const auto& part :
         {websocket_rows(), access_rows(), time_rows(), size_rows(), rate_rows(), token_rows(), link_rows(),
          queue_rows(), hook_rows(), session_rows(), engine_rows(), memory_rows(), log_rows()}) {
        rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
}

}  // namespace

const std::vector<Row>& table() {
    static const std::vector<Row> rows = all_rows();
    return rows;
}

const Row* find_row(std::string_view section, std::string_view key) {
    for (const Row& row : table()) {
        if (row.section == section && row.key == key) return &row;
    }
    return nullptr;
}

std::string name_of(const Row& row) {
    return std::string(row.section) + "." + std::string(row.key);
}

std::string variable_of(const Row& row) {
    std::string name = "FAIRLEAD_" + std::string(row.section) + "_" + std::string(row.key);
    for (char& c : name)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

}  // namespace fairlead::config
