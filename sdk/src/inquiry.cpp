// SPDX-License-Identifier: Apache-2.0
#include <fairlead/inquiry.h>
#include <fairlead/publish.h>

#include <iterator>

#include "src/core.h"
#include "src/names.h"
#include "wire/inquiry.h"

namespace fairlead {
namespace {

using wire::InquiryKind;

struct OfUser {
    std::string user;
    std::uint64_t from = 0;
    FAIRLEAD_FIELDS(user, from)
};

struct OfChannel {
    std::string channel;
    std::uint64_t from = 0;
    FAIRLEAD_FIELDS(channel, from)
};

struct OfClient {
    std::string client;
    FAIRLEAD_FIELDS(client)
};

struct OfHistory {
    std::string channel;
    std::uint64_t limit = 0;
    std::optional<std::uint64_t> offset;
    std::string epoch;
    bool reverse = false;
    FAIRLEAD_FIELDS(channel, limit, offset, epoch, reverse)
};

template <typename T>
struct Page {
    std::vector<T> clients;
    std::uint64_t next = 0;
    FAIRLEAD_FIELDS(clients, next)
};

template <typename Question>
Result<std::string> ask(detail::Core& core, InquiryKind kind, const Question& question) {
    return core.call(wire::inquiry_topic(kind), encode(question), nullptr, CallOptions{});
}

template <typename Answer, typename Question>
Result<Answer> ask_for(detail::Core& core, InquiryKind kind, const Question& question) {
    Result<std::string> answer = ask(core, kind, question);
    if (!answer.ok()) return answer.error();
    return decode<Answer>(answer.value());
}

template <typename Entry, typename Question>
Result<std::vector<Entry>> ask_all(detail::Core& core, InquiryKind kind, Question question) {
    std::vector<Entry> all;
    do {
        Result<Page<Entry>> page = ask_for<Page<Entry>>(core, kind, question);
        if (!page.ok()) return page.error();
        std::vector<Entry>& entries = page.value().clients;
        all.insert(all.end(), std::make_move_iterator(entries.begin()),
                   std::make_move_iterator(entries.end()));
        question.from = page.value().next;
    } while (question.from != 0);
    return all;
}

}  // namespace

Result<std::vector<ConnectedClient>> User::clients() const {
    if (Result<void> good = detail::check_user(id_); !good.ok()) return good.error();
    return ask_all<ConnectedClient>(*core_, InquiryKind::clients, OfUser{id_});
}

Result<std::vector<PresentClient>> Channel::presence() const {
    if (Result<void> good = detail::check_channel(name_); !good.ok()) return good.error();
    return ask_all<PresentClient>(*core_, InquiryKind::presence, OfChannel{name_});
}

Result<PresenceStats> Channel::presence_stats() const {
    if (Result<void> good = detail::check_channel(name_); !good.ok()) return good.error();
    return ask_for<PresenceStats>(*core_, InquiryKind::presence_stats, OfChannel{name_});
}

Result<History> Channel::read_history(const HistoryOptions& options) const {
    if (Result<void> good = detail::check_channel(name_); !good.ok()) return good.error();
    return ask_for<History>(*core_, InquiryKind::history,
                            OfHistory{name_, options.limit, options.offset, options.epoch, options.reverse});
}

Result<std::string> Client::kept_payload() const {
    if (Result<void> good = detail::check_client(id_); !good.ok()) return good.error();
    return ask(*core_, InquiryKind::state, OfClient{id_});
}

}  // namespace fairlead
