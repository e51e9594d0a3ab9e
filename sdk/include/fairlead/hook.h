// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fairlead/caller.h>
#include <fairlead/codec.h>
#include <fairlead/export.h>
#include <fairlead/handler.h>
#include <fairlead/request.h>
#include <fairlead/result.h>
#include <fairlead/value.h>

/// Hooks: the broker asks a service whether a client may do something. See Service::on_connect() and its siblings.
///
/// A hook answers with an answer of its kind, which allows unless `allow` is false. `return fairlead::fail(1403, "not
/// yours")` refuses too, with that code and message for the client. An error 100 or 111, what is thrown, and no answer in
/// time are faults of the hook, not refusals: the client may not, and is told 100, temporary, so that it tries again.
namespace fairlead {

/// May this client come in?
struct ConnectQuestion {
    /// Who it is: `client` is the id that it will have, `address` where it comes from. User, session and meta are those of
    /// its token; without one they are empty.
    Caller caller;
    bool has_token = false;  ///< it has a valid token, or a client certificate; one with a bad token is not asked for
    Value data;              ///< what the client sent with its connect command; null = nothing
    std::string name;        ///< what the client calls its SDK; untrusted
    std::string version;     ///< of the client's application; untrusted
};

/// May this client subscribe to this channel?
struct SubscribeQuestion {
    Caller caller;
    bool has_token = false;  ///< it has a valid token for this channel
    std::string channel;
    Value data;  ///< what the client sent with its subscribe command; null = nothing
};

/// May this client publish this?
struct PublishQuestion {
    Caller caller;
    std::string channel;
    Value data;
};

/// The time of a client is over that a ConnectAnswer gave it. May it stay?
struct RefreshQuestion {
    Caller caller;
};

namespace detail {

/// What all answers of hooks have.
template <typename Answer>
struct HookAnswerBase {
    bool allow = true;
    std::uint32_t code = 0;  ///< of a refusal: 101-109 or 400-1999 (1000-1999 are the application's); 0 = 103 denied
    std::string reason;      ///< of a refusal: for people; clients see it

    /// For how long the broker may give this answer to equal questions instead of asking again. Equal are those that
    /// differ in nothing but the client id: same channel, user, session, meta, address and data. 0 = ask each time.
    std::chrono::milliseconds cache_for{0};

    /// `return fairlead::SubscribeAnswer::deny(1403, "not yours");`
    static Answer deny(std::uint32_t code = 0, std::string reason = {}) {
        Answer answer;
        answer.allow = false;
        answer.code = code;
        answer.reason = std::move(reason);
        return answer;
    }
};

}  // namespace detail

/// What a client is that may come in. With a token its user is the token's; the rest here goes before what the token says
/// or, for lists, is added to it.
struct ConnectAnswer : detail::HookAnswerBase<ConnectAnswer> {
    std::string user;     ///< who it is; empty = anonymous, which the broker must allow. For clients without a token
    std::string session;  ///< its session; empty = the token's
    Value info;           ///< what other clients see of it, beside its user; null = the token's
    Value meta;           ///< a map: what services see as its caller's meta; null = the token's
    std::vector<std::string> labels;    ///< what `[[permission]]` asks for, besides the token's
    std::vector<std::string> channels;  ///< the broker subscribes it to these, without asking who may
    /// For how long it may stay without being asked for again: then the broker asks on_refresh(), or, if it is not set to,
    /// ends the connection, and the client comes back. 0 = the token's time, or for ever. A client with a token may
    /// bring another one, whose time then counts.
    std::chrono::seconds expires_in{0};
};

/// Whether a client is subscribed.
struct SubscribeAnswer : detail::HookAnswerBase<SubscribeAnswer> {
    Value info;  ///< what the channel's other subscribers see of it, `chan_info`; null = its subscription token's
    /// Then the broker ends the subscription with 2501, and the client's SDK subscribes again, so that this hook is asked
    /// again. 0 = no end. Of a client with a subscription token, that token's time counts instead.
    std::chrono::seconds expires_in{0};
};

/// What is published when a client may.
struct PublishAnswer : detail::HookAnswerBase<PublishAnswer> {
    Value data;  ///< published instead of what the client sent; null = that
};

/// How long a client may stay on.
struct RefreshAnswer : detail::HookAnswerBase<RefreshAnswer> {
    std::chrono::seconds expires_in{0};  ///< then it is asked again; 0 = it may stay for ever
    Value info;                          ///< as in ConnectAnswer; null = as it was
    Value meta;
    std::vector<std::string> labels;  ///< instead of the old; empty = as they were
};

/// Only to be sent.
template <>
struct Codec<ConnectAnswer> {
    FAIRLEAD_EXPORT static void encode(Writer& writer, const ConnectAnswer& answer);
};
template <>
struct Codec<SubscribeAnswer> {
    FAIRLEAD_EXPORT static void encode(Writer& writer, const SubscribeAnswer& answer);
};
template <>
struct Codec<PublishAnswer> {
    FAIRLEAD_EXPORT static void encode(Writer& writer, const PublishAnswer& answer);
};
template <>
struct Codec<RefreshAnswer> {
    FAIRLEAD_EXPORT static void encode(Writer& writer, const RefreshAnswer& answer);
};

namespace detail {

FAIRLEAD_EXPORT Result<void> decode_question(const Request& request, std::string_view payload, ConnectQuestion& question);
FAIRLEAD_EXPORT Result<void> decode_question(const Request& request, std::string_view payload,
                                             SubscribeQuestion& question);
FAIRLEAD_EXPORT Result<void> decode_question(const Request& request, std::string_view payload, PublishQuestion& question);
FAIRLEAD_EXPORT Result<void> decode_question(const Request& request, std::string_view payload, RefreshQuestion& question);

enum class HookKind : std::uint8_t { connect, refresh, subscribe, publish };

/// Whether a hook that returns this error refuses; else it is a fault of its own.
FAIRLEAD_EXPORT bool is_refusal(const Error& error) noexcept;

template <typename Answer>
void answer_hook(Request& request, const Result<Answer>& outcome) {
    if (outcome.ok()) {
        answer(state_of(request), encode(outcome.value()));
    } else if (is_refusal(outcome.error())) {
        answer(state_of(request), encode(Answer::deny(outcome.error().code, outcome.error().message)));
    } else {
        answer(state_of(request), outcome.error());
    }
}

template <typename Question, typename Answer, typename F>
RequestHandler make_hook(F&& f) {
    using Hook = std::decay_t<F>;
    static_assert(std::is_same_v<Hook, std::remove_const_t<Hook>> && Signature<Hook>::kCount >= 1,
                  "a hook is a lambda, function object or function");
    constexpr bool kPlain = std::is_invocable_r_v<Result<Answer>, const Hook&, const Question&>;
    constexpr bool kWithRequest = std::is_invocable_r_v<Result<Answer>, const Hook&, Request&, const Question&>;
    static_assert(kPlain || kWithRequest,
                  "a hook takes (const Question&) or (fairlead::Request&, const Question&) of its kind, and returns the "
                  "Answer of its kind or a fairlead::Result of it");
    auto hook = std::make_shared<const Hook>(std::forward<F>(f));
    return [hook](Request& request, std::string_view payload) {
        Question question;
        if (Result<void> good = decode_question(request, payload, question); !good.ok()) {
            answer(state_of(request), good.error());
        } else if constexpr (kPlain) {
            answer_hook<Answer>(request, (*hook)(question));
        } else if constexpr (kWithRequest) {
            answer_hook<Answer>(request, (*hook)(request, question));
        }
    };
}

}  // namespace detail

}  // namespace fairlead
