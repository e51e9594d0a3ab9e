// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/hook_cache.h"
#include "core/hook_reply.h"
#include "core/options.h"
#include "core/requests.h"
#include "wire/hook.h"

namespace fairlead::core {

/// Names a question that waits for its answer; 0 = none.
using QuestionId = std::uint32_t;

/// Asks hooks, and sees to it that a slow or missing one harms nobody but those who ask: only so many questions at once,
/// a deadline for each, and no answer means no. Questions that are equal in all but the client id are asked once at a
/// time; when the answer says that it holds for a while, all get it, else each is asked on its own.
///
/// Threads: one.
class Hooks {
public:
    using Done = std::function<void(const HookReply&)>;

    Hooks(const Options& options, const Ports& ports, Requests& requests);

    /// Calls done once, perhaps before it returns (then it gives 0), unless cancel() comes first.
    QuestionId ask(wire::Hook hook, std::string_view space, CallerPtr caller, const wire::HookQuestion& question,
                   Done done);

    /// Nobody waits for the answer any more.
    void cancel(QuestionId id);

    /// Answers that were given until now hold for what they were given for, and for nothing after: of this user, or of
    /// all. The answer to a question that is under way counts as given.
    void forget(std::string_view user);
    void forget_all();

    std::size_t size() const noexcept { return open_.size(); }

private:
    struct Open {
        std::string key;  ///< of equal questions; empty = it has none
        bool asked = false;
        std::uint64_t era = 0;  ///< when it was asked
        CallerPtr caller;
        Request request;  ///< of one that waits for an equal question
        Done done;
        std::vector<QuestionId> followers;
    };

    void send(QuestionId id, Request&& request);
    void settle(QuestionId id, Outcome&& outcome);
    void keep(const Open& open, const std::string& payload, const HookReply& reply);
    void settle_followers(const Open& leader, const HookReply& reply, bool shared);
    void lead_on(Open& gone);
    bool read(const std::string& payload, HookReply& reply);
    bool usable(const wire::HookAnswer& answer) const;
    std::string make_key(const Request& request, const Caller& caller) const;

    const HookOptions& options_;
    base::Clock& clock_;
    base::Log& log_;
    Requests& requests_;
    wire::HookReader reader_;
    HookCache cache_;
    std::uint64_t era_ = 0;  // a new one begins with each forgetting
    QuestionId last_ = 0;
    std::unordered_map<QuestionId, Open> open_;
    std::unordered_map<std::string, QuestionId> leaders_;
    base::Steady fault_said_at_{};
};

}  // namespace fairlead::core
