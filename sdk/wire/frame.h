// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// The frames of the backplane as plain structs. docs/backplane-protocol.md gives their bytes.
///
/// A ZeroMQ message is 1 to kMaxPairs pairs of parts (header, payload). A header is a MessagePack array
/// [version, kind, fields...]; the payload part is one MessagePack value of the application, or empty. Fields
/// are written in the order in which the members stand here. A reader takes absent trailing fields as their
/// defaults and ignores extra ones, so versions can mix.
///
/// Every string_view of a frame that was read points into the message it was read from; of a frame to be
/// written, into what its maker keeps alive until it is written.
namespace fairlead::wire {

inline constexpr std::uint8_t kProtocolVersion = 1;
inline constexpr std::size_t kMaxPairs = 64;                 ///< pairs in one ZeroMQ message
inline constexpr std::size_t kMaxMessageBytes = 256 * 1024;  ///< payload bytes of one message, see Batch
inline constexpr std::size_t kMaxHeaderBytes = 64 * 1024;    ///< one header part
inline constexpr std::size_t kMaxHeaderDepth = 16;
/// MessagePack values in one header: room for a greeting with all that is allowed, so that what is more than
/// allowed is refused with its reason.
inline constexpr std::size_t kMaxHeaderItems = 16 * 1024;

enum class Kind : std::uint8_t {
    greeting = 1,
    welcome = 2,
    refusal = 3,
    who = 4,
    heartbeat = 5,
    probe = 6,
    drain = 7,
    goodbye = 8,
    window = 9,
    request = 16,
    reply = 17,
    error = 18,
    returned = 19,
    cancel = 20,
    event = 32,
    publication = 33,
    push = 34,
    control = 35,
    ack = 36,
    revoke = 37,
    told = 38,
    heard = 39,
    lease = 40,
    release = 41,
    claim = 42,
};

using Milliseconds = std::chrono::milliseconds;
using CallId = std::uint64_t;

/// String pairs such as headers and tags, in their order.
using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

/// Who asks: a client (its `client` is set) or a service (its `service` is set).
struct Caller {
    std::string_view service;
    std::string_view user;
    std::string_view client;
    std::string_view session;
    std::string_view address;
    std::string_view meta;  ///< MessagePack map from the token's `meta`; empty = none
};

/// A topic that an instance handles.
struct Endpoint {
    std::string_view topic;     ///< topic or pattern
    std::uint32_t window = 64;  ///< requests that the instance takes at once
    Milliseconds timeout{0};    ///< deadline of a request that names none; 0 = the broker's default
    bool idempotent = false;    ///< may be run again when an instance died with it
    std::string_view route_by;  ///< what its keys are, see route_by.h; empty = it has none
    std::string_view schema;    ///< payload schema for discovery; empty = none
    bool owner = false;         ///< the keys of route_by are leased to one instance each
};

/// Events that an instance wants; one copy goes to each group.
struct Interest {
    std::string_view pattern;
    std::string_view group;
};

// ---- hooks: payloads of requests on the topics of hook.h
// -------------------------------------------------------------------------------------------

/// Broker: may this client do that? Who it is stands in the request's caller.
struct HookQuestion {
    bool has_token = false;    ///< connect: a valid token; subscribe: one for the channel
    std::string_view channel;  ///< subscribe, publish
    std::string_view data;     ///< connect, subscribe, publish: MessagePack; empty = none
    std::string_view name;     ///< connect: what the client calls its SDK; untrusted
    std::string_view version;  ///< connect
};

/// Service: the reply. What a hook has no use for is ignored.
struct HookAnswer {
    bool allow = false;
    std::uint32_t code = 0;        ///< of a refusal: see errors; 0 = denied
    std::string_view reason;       ///< of a refusal, for people
    Milliseconds cache_for{0};     ///< how long equal questions get this answer
    std::uint32_t expires_in = 0;  ///< seconds; 0 = never. connect, refresh, subscribe
    std::string_view info;         ///< connect, refresh, subscribe: what other clients see; MessagePack
    std::string_view data;         ///< publish: what is published instead; MessagePack
    std::string_view user;         ///< connect: of a client without token
    std::string_view session;      ///< connect
    std::string_view meta;         ///< connect, refresh: what services see; a MessagePack map
    std::vector<std::string_view> labels;    ///< connect: besides the token's; refresh: instead of the old
    std::vector<std::string_view> channels;  ///< connect: subscribed by the broker
};

// ---- session events: what the payload of a told frame holds
// -------------------------------------------------------------------------------------------

/// What happened, or a marker around a snapshot: everything that there is now, told as the events that made
/// it.
enum class SessionEventKind : std::uint8_t {
    opened = 1,
    resumed = 2,
    closed = 3,
    online = 4,
    offline = 5,
    occupied = 6,
    vacated = 7,
    sessions_begin = 8,  ///< a snapshot of all sessions begins
    sessions_end = 9,
    users_begin = 10,
    users_end = 11,
    channels_begin = 12,
    channels_end = 13,
};

struct SessionEvent {
    std::uint8_t kind = 0;  ///< SessionEventKind; others are of a newer version, and to be passed over
    std::uint64_t generation = 0;
    std::uint64_t time = 0;  ///< Unix milliseconds
    std::string_view user;
    std::string_view session;
    std::string_view client;
    std::string_view channel;
    std::string_view address;
    std::string_view meta;   ///< MessagePack; empty = none
    std::string_view state;  ///< MessagePack; empty = none
    std::uint32_t code = 0;
    std::string_view reason;
    std::uint64_t duration = 0;  ///< milliseconds
    bool replayed = false;       ///< part of a snapshot: it is so, and did not happen just now
    bool trimmed = false;        ///< meta or state was too large, and is left out
};

// ---- life of a link
// -------------------------------------------------------------------------------------------

/// Service: the first frame on a link, and again whenever the broker asks who it is.
struct Greeting {
    static constexpr Kind kKind = Kind::greeting;
    std::string_view service;
    std::string_view version;
    std::string_view instance;  ///< UUID, 36 characters, fresh at each start of the process
    std::string_view sdk;       ///< name and version of the SDK, for people
    std::vector<Endpoint> endpoints;
    std::vector<Interest> interests;
    std::vector<CallId> running;  ///< requests of the broker that are still being handled
};

/// Broker: the greeting was taken.
struct Welcome {
    static constexpr Kind kKind = Kind::welcome;
    std::string_view boot;  ///< new at each start of the broker
    std::string_view tag;   ///< first part of the client ids that this broker makes
    std::string_view version;
    Milliseconds heartbeat{1000};
    Milliseconds dead_after{3000};
    bool shared = false;                      ///< brokers share channels: one publication reaches all
    std::uint32_t byte_window = 1024 * 1024;  ///< bytes of emits and publications not yet taken
    std::uint32_t max_payload_bytes = 256 * 1024;
};

/// Broker: the greeting was not taken, and will not be as it is.
struct Refusal {
    static constexpr Kind kKind = Kind::refusal;
    std::uint32_t code = 0;
    std::string_view reason;
};

/// Broker: it does not know this peer (or no longer): greet again.
struct Who {
    static constexpr Kind kKind = Kind::who;
    std::string_view boot;
};

/// Both ways, every `heartbeat`. Any other traffic counts as life too.
struct Heartbeat {
    static constexpr Kind kKind = Kind::heartbeat;
    std::string_view boot;        ///< from the broker; empty from a service
    std::uint32_t in_flight = 0;  ///< requests being handled
    std::uint32_t queued = 0;     ///< requests waiting for a handler thread
    Milliseconds oldest{0};       ///< age of the oldest running request
    /// Broker: payload bytes of events and publications that it has taken since its last welcome, refused
    /// ones too.
    std::uint64_t taken_bytes = 0;
};

/// Broker, while requests are outstanding: says nothing, its failing to leave does.
struct Probe {
    static constexpr Kind kKind = Kind::probe;
};

/// Service: send no more requests; running ones will be finished. The broker answers with the same, after
/// which no request follows.
struct Drain {
    static constexpr Kind kKind = Kind::drain;
};

/// Either side: this link ends now. The broker confirms a service's with its own.
struct Goodbye {
    static constexpr Kind kKind = Kind::goodbye;
    std::string_view reason;
};

/// Service: how many requests of an endpoint the instance takes at once from now on over this link.
struct Window {
    static constexpr Kind kKind = Kind::window;
    std::string_view topic;  ///< as in its greeting
    std::uint32_t window = 0;
};

// ---- requests: the same frames both ways; `call` is a number of the side that asked
// ----------------------------

struct Request {
    static constexpr Kind kKind = Kind::request;
    CallId call = 0;
    std::string_view topic;
    Milliseconds deadline{0};  ///< time that remains; 0 from a service = the endpoint's own
    Caller caller;             ///< towards a service; from one only when it asks on behalf of a client
    Pairs headers;
    std::string_view trace;  ///< W3C traceparent; empty = none
    std::string_view key;    ///< idempotency key; empty = none
    std::uint32_t attempt = 1;
};

struct Reply {
    static constexpr Kind kKind = Kind::reply;
    CallId call = 0;
};

struct Error {
    static constexpr Kind kKind = Kind::error;
    CallId call = 0;
    std::uint32_t code = 0;
    std::string_view message;
    bool temporary = false;
};

enum class ReturnReason : std::uint8_t { drain = 1, full = 2, expired = 3, unknown_topic = 4 };

/// Instance: this request was not begun and may go to another.
struct Returned {
    static constexpr Kind kKind = Kind::returned;
    CallId call = 0;
    ReturnReason reason = ReturnReason::full;
};

/// The asking side: nobody waits for this any more.
struct Cancel {
    static constexpr Kind kKind = Kind::cancel;
    CallId call = 0;
};

// ---- events, publications, pushes, control
// ----------------------------------------------------------------------

/// Service to broker, and broker to one instance of each interested group.
struct Event {
    static constexpr Kind kKind = Kind::event;
    std::uint64_t id = 0;  ///< of the emitter, for the ack; 0 = it does not wait
    std::string_view topic;
    Caller caller;  ///< the emitter, or the client whose `send` this is
    Pairs headers;
    std::string_view trace;
    std::string_view group;  ///< towards a service: the group that this copy is for
};

/// Service: the payload is for all subscribers of a channel.
struct Publication {
    static constexpr Kind kKind = Kind::publication;
    std::uint64_t id = 0;  ///< for the ack; 0 = nobody waits
    std::string_view channel;
    Pairs tags;
    std::string_view key;          ///< conflation key
    std::uint64_t version = 0;     ///< 0 = none
    std::string_view idempotency;  ///< same key, same offset; empty = none
};

/// Service: the payload is for one client, or for all of a user (`message` of the client protocol).
struct Push {
    static constexpr Kind kKind = Kind::push;
    std::uint64_t id = 0;
    std::string_view client;
    std::string_view user;
};

enum class Action : std::uint8_t {
    disconnect = 1,
    subscribe = 2,
    unsubscribe = 3,
    keep_state = 4,  ///< the payload stays with the session of `client`
};

/// Service: do something to clients.
struct Control {
    static constexpr Kind kKind = Kind::control;
    std::uint64_t id = 0;
    Action action = Action::disconnect;
    std::string_view client;  ///< one client; or
    std::string_view user;    ///< all clients of a user
    std::string_view channel;
    std::uint32_t code = 0;  ///< close or unsubscribe code; 0 = the default
    std::string_view reason;
};

/// Service: end clients for good and keep out what they came with. One of the first four is set; `user`
/// besides names whose session is meant.
struct Revoke {
    static constexpr Kind kKind = Kind::revoke;
    std::uint64_t id = 0;
    std::string_view user;     ///< all clients of a user, and tokens made until now
    std::string_view session;  ///< the clients of one session of `user`, and its tokens made until now
    std::string_view token;    ///< the token of this `jti`
    std::string_view key;      ///< tokens that the key of this name verified
    std::string_view reason;
    Milliseconds remember{0};  ///< 0 = 24 h
};

/// Broker: what became of an event, publication, push, control or revocation with an id.
struct Ack {
    static constexpr Kind kKind = Kind::ack;
    std::uint64_t id = 0;
    std::uint32_t code = 0;  ///< 0 = accepted
    std::string_view message;
    std::uint64_t offset = 0;
    std::string_view epoch;
    std::uint32_t reached = 0;      ///< clients, or groups of an event
    std::uint32_t queued = 0;       ///< groups of an event for which it waits in a queue
    std::uint32_t dropped = 0;      ///< groups of an event that lost it
    std::uint64_t taken_bytes = 0;  ///< as in Heartbeat
};

// ---- session events: numbered for each group, and kept until they are heard
// ----------------------------------------------------------------------

/// Broker: the payload is an array of `count` session events (session_event.h), numbered from `first` on.
struct Told {
    static constexpr Kind kKind = Kind::told;
    std::string_view group;
    std::uint64_t first = 0;
    std::uint32_t count = 0;
};

/// Service: all session events of the group up to this number have been handled.
struct Heard {
    static constexpr Kind kKind = Kind::heard;
    std::string_view group;
    std::uint64_t last = 0;
};

// ---- owners: keys of an endpoint that are leased to one instance each. A fence is larger than every one
// before, whatever its key.
// ----------------------------------------------------------------------

/// Broker: the instance owns a key from now on (told before the first request of it), or the lease ends.
struct Lease {
    static constexpr Kind kKind = Kind::lease;
    std::string_view topic;  ///< topic or pattern of the endpoint
    std::string_view key;
    std::uint64_t fence = 0;
    bool held = false;
};

/// Service: it gives a key up, or is done with a lease that the broker ended.
struct Release {
    static constexpr Kind kKind = Kind::release;
    std::string_view topic;
    std::string_view key;
    std::uint64_t fence = 0;
};

/// Service, after a welcome: a lease that it believes it holds. Answered with a Lease.
struct Claim {
    static constexpr Kind kKind = Kind::claim;
    std::string_view topic;
    std::string_view key;
    std::uint64_t fence = 0;
};

/// A kind of a newer version: counted and ignored.
struct Unknown {
    std::uint8_t kind = 0;
};

using Frame = std::variant<Unknown, Greeting, Welcome, Refusal, Who, Heartbeat, Probe, Drain, Goodbye,
                           Request, Reply, Error, Returned, Cancel, Event, Publication, Push, Control, Ack,
                           Revoke, Told, Heard, Window, Lease, Release, Claim>;

}  // namespace fairlead::wire
