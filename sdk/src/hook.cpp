// SPDX-License-Identifier: Apache-2.0
#include <fairlead/hook.h>

#include <algorithm>
#include <limits>

#include "src/errors.h"
#include "wire/frame_writer.h"
#include "wire/hook.h"

namespace fairlead {
namespace {

/// Null stands for nothing at all, whose bytes are none.
std::string bytes_of(const Value& value) {
    return value.is_null() ? std::string() : encode(value);
}

/// An answer on its way, with what its views point into.
struct Outgoing {
    wire::HookAnswer frame;
    std::string info;
    std::string meta;
    std::string data;

    template <typename Answer>
    explicit Outgoing(const Answer& answer) {
        frame.allow = answer.allow;
        frame.code = answer.code;
        frame.reason = answer.reason;
        frame.cache_for = answer.cache_for;
    }

    void expires(std::chrono::seconds in) {
        using Limits = std::numeric_limits<std::uint32_t>;
        frame.expires_in = static_cast<std::uint32_t>(std::clamp<std::int64_t>(in.count(), 0, Limits::max()));
    }
    void seen_as(const Value& info_of, const Value& meta_of) {
        frame.info = info = bytes_of(info_of);
        frame.meta = meta = bytes_of(meta_of);
    }
    void write(Writer& writer) const {
        std::string bytes;
        wire::write(frame, bytes);
        writer.write_raw(bytes);
    }
};

}  // namespace

void Codec<ConnectAnswer>::encode(Writer& writer, const ConnectAnswer& answer) {
    Outgoing out(answer);
    out.frame.user = answer.user;
    out.frame.session = answer.session;
    out.seen_as(answer.info, answer.meta);
    out.expires(answer.expires_in);
    out.frame.labels.assign(answer.labels.begin(), answer.labels.end());
    out.frame.channels.assign(answer.channels.begin(), answer.channels.end());
    out.write(writer);
}

void Codec<SubscribeAnswer>::encode(Writer& writer, const SubscribeAnswer& answer) {
    Outgoing out(answer);
    out.seen_as(answer.info, Value());
    out.expires(answer.expires_in);
    out.write(writer);
}

void Codec<PublishAnswer>::encode(Writer& writer, const PublishAnswer& answer) {
    Outgoing out(answer);
    out.frame.data = out.data = bytes_of(answer.data);
    out.write(writer);
}

void Codec<RefreshAnswer>::encode(Writer& writer, const RefreshAnswer& answer) {
    Outgoing out(answer);
    out.seen_as(answer.info, answer.meta);
    out.expires(answer.expires_in);
    out.frame.labels.assign(answer.labels.begin(), answer.labels.end());
    out.write(writer);
}

namespace detail {
namespace {

/// The fault is the broker's, so it is no refusal of the client.
Error bad_question(std::string_view why) {
    return make_error(wire::Code::internal, "the hook's question cannot be read: " + std::string(why));
}

template <typename Question, typename Take>
Result<void> decode_as(const Request& request, std::string_view payload, Question& question, Take&& take) {
    wire::HookReader reader;
    wire::HookQuestion frame;
    if (!reader.read(payload, frame)) return bad_question("it is no question of a hook");
    question.caller = request.caller();
    take(frame);
    return {};
}

Result<void> decode_data(std::string_view bytes, Value& data) {
    if (bytes.empty()) return {};
    Result<Value> decoded = decode<Value>(bytes);
    if (!decoded.ok()) return bad_question(decoded.error().message);
    data = std::move(decoded).value();
    return {};
}

}  // namespace

Result<void> decode_question(const Request& request, std::string_view payload, ConnectQuestion& question) {
    Result<void> data;
    auto good = decode_as(request, payload, question, [&](const wire::HookQuestion& frame) {
        question.has_token = frame.has_token;
        question.name = frame.name;
        question.version = frame.version;
        data = decode_data(frame.data, question.data);
    });
    return good.ok() ? data : good;
}

Result<void> decode_question(const Request& request, std::string_view payload, SubscribeQuestion& question) {
    Result<void> data;
    auto good = decode_as(request, payload, question, [&](const wire::HookQuestion& frame) {
        question.has_token = frame.has_token;
        question.channel = frame.channel;
        data = decode_data(frame.data, question.data);
    });
    return good.ok() ? data : good;
}

Result<void> decode_question(const Request& request, std::string_view payload, PublishQuestion& question) {
    Result<void> data;
    auto good = decode_as(request, payload, question, [&](const wire::HookQuestion& frame) {
        question.channel = frame.channel;
        data = decode_data(frame.data, question.data);
    });
    return good.ok() ? data : good;
}

Result<void> decode_question(const Request& request, std::string_view payload, RefreshQuestion& question) {
    return decode_as(request, payload, question, [](const wire::HookQuestion&) {});
}

bool is_refusal(const Error& error) noexcept {
    const auto fault = [&](wire::Code code) { return error.code == static_cast<std::uint32_t>(code); };
    const bool known = error.code > 100 && wire::find_error(error.code) != nullptr;
    const bool application = error.code >= 400 && error.code < 2000;
    return (known || application) && !fault(wire::Code::overloaded);
}

}  // namespace detail
}  // namespace fairlead
