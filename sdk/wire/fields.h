// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>

#include "wire/frame.h"

/// The fields of each frame in their order on the wire: one list that reader, writer and the test of the
/// document share, so that they cannot drift apart. Internal to this room.
namespace fairlead::wire {

template <typename Struct, typename Member>
struct Field {
    std::string_view name;
    Member Struct::*member;
};
template <typename Struct, typename Member>
Field(std::string_view, Member Struct::*) -> Field<Struct, Member>;

/// A string_view that travels as bin, since it is no text.
template <typename Struct>
struct BinField {
    std::string_view name;
    std::string_view Struct::*member;
};
template <typename Struct>
BinField(std::string_view, std::string_view Struct::*) -> BinField<Struct>;

/// kName for error messages, kList a tuple of the above. Specialised for each frame and nested struct.
template <typename Struct>
struct Fields;

// ---- nested structs: arrays of their own ----

template <>
struct Fields<Caller> {
    static constexpr std::string_view kName = "caller";
    static constexpr auto kList =
        std::tuple(Field{"service", &Caller::service}, Field{"user", &Caller::user},
                   Field{"client", &Caller::client}, Field{"session", &Caller::session},
                   Field{"address", &Caller::address}, BinField{"meta", &Caller::meta});
};

template <>
struct Fields<Endpoint> {
    static constexpr std::string_view kName = "endpoint";
    static constexpr auto kList =
        std::tuple(Field{"topic", &Endpoint::topic}, Field{"window", &Endpoint::window},
                   Field{"timeout", &Endpoint::timeout}, Field{"idempotent", &Endpoint::idempotent},
                   Field{"route_by", &Endpoint::route_by}, Field{"schema", &Endpoint::schema},
                   Field{"owner", &Endpoint::owner});
};

template <>
struct Fields<Interest> {
    static constexpr std::string_view kName = "interest";
    static constexpr auto kList =
        std::tuple(Field{"pattern", &Interest::pattern}, Field{"group", &Interest::group});
};

// ---- hooks: payloads ----

template <>
struct Fields<HookQuestion> {
    static constexpr std::string_view kName = "hook question";
    static constexpr auto kList =
        std::tuple(Field{"has_token", &HookQuestion::has_token}, Field{"channel", &HookQuestion::channel},
                   BinField{"data", &HookQuestion::data}, Field{"name", &HookQuestion::name},
                   Field{"version", &HookQuestion::version});
};

template <>
struct Fields<HookAnswer> {
    static constexpr std::string_view kName = "hook answer";
    static constexpr auto kList =
        std::tuple(Field{"allow", &HookAnswer::allow}, Field{"code", &HookAnswer::code},
                   Field{"reason", &HookAnswer::reason}, Field{"cache_for", &HookAnswer::cache_for},
                   Field{"expires_in", &HookAnswer::expires_in}, BinField{"info", &HookAnswer::info},
                   BinField{"data", &HookAnswer::data}, Field{"user", &HookAnswer::user},
                   Field{"session", &HookAnswer::session}, BinField{"meta", &HookAnswer::meta},
                   Field{"labels", &HookAnswer::labels}, Field{"channels", &HookAnswer::channels});
};

// ---- session events: payloads ----

template <>
struct Fields<SessionEvent> {
    static constexpr std::string_view kName = "session event";
    static constexpr auto kList =
        std::tuple(Field{"kind", &SessionEvent::kind}, Field{"generation", &SessionEvent::generation},
                   Field{"time", &SessionEvent::time}, Field{"user", &SessionEvent::user},
                   Field{"session", &SessionEvent::session}, Field{"client", &SessionEvent::client},
                   Field{"channel", &SessionEvent::channel}, Field{"address", &SessionEvent::address},
                   BinField{"meta", &SessionEvent::meta}, BinField{"state", &SessionEvent::state},
                   Field{"code", &SessionEvent::code}, Field{"reason", &SessionEvent::reason},
                   Field{"duration", &SessionEvent::duration}, Field{"replayed", &SessionEvent::replayed},
                   Field{"trimmed", &SessionEvent::trimmed});
};

// ---- frames ----

template <>
struct Fields<Greeting> {
    static constexpr std::string_view kName = "greeting";
    static constexpr auto kList =
        std::tuple(Field{"service", &Greeting::service}, Field{"version", &Greeting::version},
                   Field{"instance", &Greeting::instance}, Field{"sdk", &Greeting::sdk},
                   Field{"endpoints", &Greeting::endpoints}, Field{"interests", &Greeting::interests},
                   Field{"running", &Greeting::running});
};

template <>
struct Fields<Welcome> {
    static constexpr std::string_view kName = "welcome";
    static constexpr auto kList = std::tuple(
        Field{"boot", &Welcome::boot}, Field{"tag", &Welcome::tag}, Field{"version", &Welcome::version},
        Field{"heartbeat", &Welcome::heartbeat}, Field{"dead_after", &Welcome::dead_after},
        Field{"shared", &Welcome::shared}, Field{"byte_window", &Welcome::byte_window},
        Field{"max_payload_bytes", &Welcome::max_payload_bytes});
};

template <>
struct Fields<Refusal> {
    static constexpr std::string_view kName = "refusal";
    static constexpr auto kList =
        std::tuple(Field{"code", &Refusal::code}, Field{"reason", &Refusal::reason});
};

template <>
struct Fields<Who> {
    static constexpr std::string_view kName = "who";
    static constexpr auto kList = std::tuple(Field{"boot", &Who::boot});
};

template <>
struct Fields<Heartbeat> {
    static constexpr std::string_view kName = "heartbeat";
    static constexpr auto kList =
        std::tuple(Field{"boot", &Heartbeat::boot}, Field{"in_flight", &Heartbeat::in_flight},
                   Field{"queued", &Heartbeat::queued}, Field{"oldest", &Heartbeat::oldest},
                   Field{"taken_bytes", &Heartbeat::taken_bytes});
};

template <>
struct Fields<Probe> {
    static constexpr std::string_view kName = "probe";
    static constexpr auto kList = std::tuple();
};

template <>
struct Fields<Drain> {
    static constexpr std::string_view kName = "drain";
    static constexpr auto kList = std::tuple();
};

template <>
struct Fields<Goodbye> {
    static constexpr std::string_view kName = "goodbye";
    static constexpr auto kList = std::tuple(Field{"reason", &Goodbye::reason});
};

template <>
struct Fields<Request> {
    static constexpr std::string_view kName = "request";
    static constexpr auto kList = std::tuple(
        Field{"call", &Request::call}, Field{"topic", &Request::topic}, Field{"deadline", &Request::deadline},
        Field{"caller", &Request::caller}, Field{"headers", &Request::headers},
        Field{"trace", &Request::trace}, Field{"key", &Request::key}, Field{"attempt", &Request::attempt});
};

template <>
struct Fields<Reply> {
    static constexpr std::string_view kName = "reply";
    static constexpr auto kList = std::tuple(Field{"call", &Reply::call});
};

template <>
struct Fields<Error> {
    static constexpr std::string_view kName = "error";
    static constexpr auto kList =
        std::tuple(Field{"call", &Error::call}, Field{"code", &Error::code},
                   Field{"message", &Error::message}, Field{"temporary", &Error::temporary});
};

template <>
struct Fields<Returned> {
    static constexpr std::string_view kName = "returned";
    static constexpr auto kList =
        std::tuple(Field{"call", &Returned::call}, Field{"reason", &Returned::reason});
};

template <>
struct Fields<Cancel> {
    static constexpr std::string_view kName = "cancel";
    static constexpr auto kList = std::tuple(Field{"call", &Cancel::call});
};

template <>
struct Fields<Event> {
    static constexpr std::string_view kName = "event";
    static constexpr auto kList = std::tuple(
        Field{"id", &Event::id}, Field{"topic", &Event::topic}, Field{"caller", &Event::caller},
        Field{"headers", &Event::headers}, Field{"trace", &Event::trace}, Field{"group", &Event::group});
};

template <>
struct Fields<Publication> {
    static constexpr std::string_view kName = "publication";
    static constexpr auto kList =
        std::tuple(Field{"id", &Publication::id}, Field{"channel", &Publication::channel},
                   Field{"tags", &Publication::tags}, Field{"key", &Publication::key},
                   Field{"version", &Publication::version}, Field{"idempotency", &Publication::idempotency});
};

template <>
struct Fields<Push> {
    static constexpr std::string_view kName = "push";
    static constexpr auto kList =
        std::tuple(Field{"id", &Push::id}, Field{"client", &Push::client}, Field{"user", &Push::user});
};

template <>
struct Fields<Control> {
    static constexpr std::string_view kName = "control";
    static constexpr auto kList = std::tuple(
        Field{"id", &Control::id}, Field{"action", &Control::action}, Field{"client", &Control::client},
        Field{"user", &Control::user}, Field{"channel", &Control::channel}, Field{"code", &Control::code},
        Field{"reason", &Control::reason});
};

template <>
struct Fields<Revoke> {
    static constexpr std::string_view kName = "revoke";
    static constexpr auto kList =
        std::tuple(Field{"id", &Revoke::id}, Field{"user", &Revoke::user}, Field{"session", &Revoke::session},
                   Field{"token", &Revoke::token}, Field{"key", &Revoke::key},
                   Field{"reason", &Revoke::reason}, Field{"remember", &Revoke::remember});
};

template <>
struct Fields<Ack> {
    static constexpr std::string_view kName = "ack";
    static constexpr auto kList =
        std::tuple(Field{"id", &Ack::id}, Field{"code", &Ack::code}, Field{"message", &Ack::message},
                   Field{"offset", &Ack::offset}, Field{"epoch", &Ack::epoch},
                   Field{"reached", &Ack::reached}, Field{"queued", &Ack::queued},
                   Field{"dropped", &Ack::dropped}, Field{"taken_bytes", &Ack::taken_bytes});
};

template <>
struct Fields<Told> {
    static constexpr std::string_view kName = "told";
    static constexpr auto kList =
        std::tuple(Field{"group", &Told::group}, Field{"first", &Told::first}, Field{"count", &Told::count});
};

template <>
struct Fields<Heard> {
    static constexpr std::string_view kName = "heard";
    static constexpr auto kList = std::tuple(Field{"group", &Heard::group}, Field{"last", &Heard::last});
};

template <>
struct Fields<Window> {
    static constexpr std::string_view kName = "window";
    static constexpr auto kList =
        std::tuple(Field{"topic", &Window::topic}, Field{"window", &Window::window});
};

template <>
struct Fields<Lease> {
    static constexpr std::string_view kName = "lease";
    static constexpr auto kList = std::tuple(Field{"topic", &Lease::topic}, Field{"key", &Lease::key},
                                             Field{"fence", &Lease::fence}, Field{"held", &Lease::held});
};

template <>
struct Fields<Release> {
    static constexpr std::string_view kName = "release";
    static constexpr auto kList = std::tuple(Field{"topic", &Release::topic}, Field{"key", &Release::key},
                                             Field{"fence", &Release::fence});
};

template <>
struct Fields<Claim> {
    static constexpr std::string_view kName = "claim";
    static constexpr auto kList =
        std::tuple(Field{"topic", &Claim::topic}, Field{"key", &Claim::key}, Field{"fence", &Claim::fence});
};

template <typename Struct>
inline constexpr std::size_t kFieldCount = std::tuple_size_v<decltype(Fields<Struct>::kList)>;

}  // namespace fairlead::wire
