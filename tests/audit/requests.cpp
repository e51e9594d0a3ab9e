// SPDX-License-Identifier: Apache-2.0
#include "audit/requests.h"

#include <unordered_map>
#include <vector>

namespace fairlead::audit {
namespace {

constexpr std::uint32_t kNotFound = 104;
constexpr std::uint32_t kOverloaded = 111;
constexpr std::uint32_t kNone = 0xffffffff;

struct Request {
    std::uint32_t asked = kNone;  // records
    std::uint32_t answered = kNone;
    std::uint32_t ran = 0;  // how often
};

class Ledger {
public:
    Ledger(const History& history, Report& report) : history_(history), report_(report) {}

    void enter() {
        for (std::uint32_t i = 0; i < history_.records.size(); ++i) {
            const Record& each = history_.records[i];
            if (each.kind != Kind::asked) continue;
            Request& request = requests_[key(each.actor, each.seq)];
            if (request.asked != kNone) say("asked a second time: ", i);
            request.asked = i;
        }
        for (std::uint32_t i = 0; i < history_.records.size(); ++i) {
            if (history_.records[i].kind == Kind::answered) answer(i);
            if (history_.records[i].kind == Kind::ran) run(i);
        }
    }

    void check() {
        for (const auto& [name, request] : requests_)
            check(request);
    }

private:
    static std::uint64_t key(std::uint32_t caller, std::uint32_t seq) {
        return std::uint64_t{caller} << 32 | seq;
    }

    void say(const char* what, std::uint32_t record) {
        report_.add(Rule::request, what + history_.describe(history_.records[record]));
    }

    void answer(std::uint32_t index) {
        const Record& record = history_.records[index];
        const auto found = requests_.find(key(record.actor, record.seq));
        if (found == requests_.end()) return say("an outcome of nothing: ", index);
        if (found->second.answered != kNone) return say("a second outcome: ", index);
        found->second.answered = index;
        if (record.code == 0 && record.digest != reply_digest(record.actor, record.seq))
            say("the reply to something else: ", index);
    }

    void run(std::uint32_t index) {
        const Record& record = history_.records[index];
        const auto found = requests_.find(key(record.publisher, record.seq));
        if (found == requests_.end()) return say("nobody asked: ", index);
        if (history_.records[found->second.asked].channel != record.channel)
            say("asked of another topic: ", index);
        ++report_.ran;
        if (++found->second.ran == 1) return;
        if (!(history_.records[found->second.asked].flags & kIdempotent)) return say("run again: ", index);
        ++report_.ran_again;
    }

    void check(const Request& request) {
        ++report_.asked;
        if (request.answered == kNone) return say("no outcome: ", request.asked);
        const Record& outcome = history_.records[request.answered];
        ++(outcome.code == 0 ? report_.replied : outcome.code == kCut ? report_.cut : report_.failed);
        if (outcome.code == 0 && request.ran == 0) say("a reply that no handler gave: ", request.answered);
        const bool once = !(history_.records[request.asked].flags & kIdempotent);
        if (once && request.ran > 0 && (outcome.code == kNotFound || outcome.code == kOverloaded))
            say("said that nobody took it, and it ran: ", request.answered);
    }

    const History& history_;
    Report& report_;
    std::unordered_map<std::uint64_t, Request> requests_;
};

}  // namespace

void check_requests(const History& history, Report& report) {
    Ledger ledger(history, report);
    ledger.enter();
    ledger.check();
}

}  // namespace fairlead::audit
