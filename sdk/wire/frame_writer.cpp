// SPDX-License-Identifier: Apache-2.0
#include "wire/frame_writer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "wire/fields.h"
#include "wire/limits.h"
#include "wire/pack.h"

namespace fairlead::wire {
namespace {

template <typename T>
inline constexpr bool kIsNumber = (std::is_unsigned_v<T> && !std::is_same_v<T, bool>) || std::is_enum_v<T>;

bool is_empty(const Caller& caller) noexcept {
    return caller.service.empty() && caller.user.empty() && caller.client.empty() && caller.session.empty() &&
           caller.address.empty() && caller.meta.empty();
}

std::uint64_t number_of(Milliseconds time) noexcept {
    return static_cast<std::uint64_t>(std::clamp(time, Milliseconds(0), kMaxMilliseconds).count());
}

// room(value): the most bytes that it takes. One upper bound a frame lets all the rest write without checks.

template <typename T>
requires kIsNumber<T> std::size_t room(T)
noexcept {
    return pack::kMaxInteger;
}
std::size_t room(bool) noexcept {
    return 1;
}
std::size_t room(Milliseconds) noexcept {
    return pack::kMaxInteger;
}
std::size_t room(std::string_view text) noexcept {
    return pack::kMaxHead + text.size();
}

std::size_t room(const Pairs& pairs) noexcept {
    std::size_t bytes = pack::kMaxHead;
    for (const auto& [name, value] : pairs) {
        bytes += room(name) + room(value);
    }
    return bytes;
}

template <typename Struct>
requires std::is_class_v<Struct> std::size_t room(const Struct& value)
noexcept;

template <typename T>
std::size_t room(const std::vector<T>& list) noexcept {
    std::size_t bytes = pack::kMaxHead;
    for (const T& item : list) {
        bytes += room(item);
    }
    return bytes;
}

template <typename Struct>
std::size_t room_of_fields(const Struct& value) noexcept {
    return std::apply(
        [&](const auto&... field) { return (std::size_t{0} + ... + room(value.*field.member)); },
        Fields<Struct>::kList);
}

template <typename Struct>
requires std::is_class_v<Struct> std::size_t room(const Struct& value)
noexcept {
    return pack::kMaxHead + room_of_fields(value);
}

// put(at, value): writes it and gives the place after it.

template <typename T>
requires kIsNumber<T>
char* put(char* at, T value) noexcept {
    return pack::integer(at, static_cast<std::uint64_t>(value));
}
char* put(char* at, bool value) noexcept {
    return pack::boolean(at, value);
}
char* put(char* at, Milliseconds value) noexcept {
    return pack::integer(at, number_of(value));
}
char* put(char* at, std::string_view value) noexcept {
    return pack::str(at, value);
}

char* put(char* at, const Pairs& pairs) noexcept {
    at = pack::map(at, pairs.size());
    for (const auto& [name, value] : pairs) {
        at = pack::str(pack::str(at, name), value);
    }
    return at;
}

template <typename Struct>
requires std::is_class_v<Struct>
char* put(char* at, const Struct& value) noexcept;

template <typename T>
char* put(char* at, const std::vector<T>& list) noexcept {
    at = pack::array(at, list.size());
    for (const T& item : list) {
        at = put(at, item);
    }
    return at;
}

template <typename Struct, typename Member>
char* put_field(char* at, const Struct& value, const Field<Struct, Member>& field) noexcept {
    return put(at, value.*field.member);
}
template <typename Struct>
char* put_field(char* at, const Struct& value, const BinField<Struct>& field) noexcept {
    return pack::bin(at, value.*field.member);
}

template <typename Struct>
char* put_fields(char* at, const Struct& value) noexcept {
    std::apply([&](const auto&... field) { ((at = put_field(at, value, field)), ...); },
               Fields<Struct>::kList);
    return at;
}

template <typename Struct>
requires std::is_class_v<Struct>
char* put(char* at, const Struct& value) noexcept {
    if constexpr (std::is_same_v<Struct, Caller>) {
        if (is_empty(value)) {
            return pack::nil(at);
        }
    }
    return put_fields(pack::array(at, kFieldCount<Struct>), value);
}

template <typename F>
void write_frame(const F& frame, std::string& out) {
    constexpr std::size_t kEnvelope = pack::kMaxHead + 2 * pack::kMaxInteger;
    const std::size_t begin = out.size();
    out.resize(begin + kEnvelope + room_of_fields(frame));
    char* at = pack::array(out.data() + begin, 2 + kFieldCount<F>);
    at = pack::integer(at, kProtocolVersion);
    at = put(at, F::kKind);
    at = put_fields(at, frame);
    out.resize(static_cast<std::size_t>(at - out.data()));
}

template <typename Struct>
void write_payload(const Struct& value, std::string& out) {
    const std::size_t begin = out.size();
    out.resize(begin + room(value));
    const char* end = put(out.data() + begin, value);
    out.resize(static_cast<std::size_t>(end - out.data()));
}

}  // namespace

void write(const HookQuestion& question, std::string& out) {
    write_payload(question, out);
}
void write(const HookAnswer& answer, std::string& out) {
    write_payload(answer, out);
}

void write(const SessionEvent& event, std::string& out) {
    write_payload(event, out);
}

void write(const Greeting& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Welcome& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Refusal& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Who& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Heartbeat& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Probe& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Drain& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Goodbye& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Request& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Reply& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Error& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Returned& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Cancel& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Event& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Publication& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Push& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Control& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Revoke& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Ack& frame, std::string& out) {
    write_frame(frame, out);
}

void write(const Told& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Heard& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Window& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Lease& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Release& frame, std::string& out) {
    write_frame(frame, out);
}
void write(const Claim& frame, std::string& out) {
    write_frame(frame, out);
}

void write(const Frame& frame, std::string& out) {
    const auto one = [&out](const auto& each) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(each)>, Unknown>) {
            write_frame(each, out);
        }
    };
    std::visit(one, frame);
}

}  // namespace fairlead::wire
