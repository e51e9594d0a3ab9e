// SPDX-License-Identifier: Apache-2.0
// None of these histories could be good, which is shown for each where it is not plain:
//
// - In a stream each delivery has its offset, and each asking its position; so whatever is taken away, moved
// or changed
//   there contradicts the next line of the same subscriber, and simulate() ends with such a line in each
//   channel.
// - Without history a delivery may be missing where the connection ended soon after. So only those are
// touched that stand
//   before another one of the same publisher in the same subscription, or in a subscription that ended with
//   `done`, and that were acknowledged. Neighbours are swapped there only if one publisher made both.
// - In a channel whose rule is to drop, nothing is taken away.
#include "audit/mutations.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <tuple>

namespace fairlead::audit {
namespace {

using Index = std::size_t;

// What mutations ask of a history.
class View {
public:
    explicit View(const History& history) : history_(history) {
        for (Index i = 0; i < all().size(); ++i) {
            const Record& each = all()[i];
            if (each.kind == Kind::channel) rules_[each.channel] = each.flags;
            if (each.kind == Kind::ok) acknowledged_[{each.channel, each.actor, each.seq}] = i;
            if (each.kind == Kind::publish) begun_[{each.channel, each.actor, each.seq}] = i;
        }
    }

    const std::vector<Record>& all() const { return history_.records; }
    bool is_stream(const Record& record) const { return rules_.at(record.channel) & kHistory; }
    bool has_rule(const Record& record, std::uint8_t rule) const { return rules_.at(record.channel) & rule; }

    // Of the same subscriber in the same channel: the next line after that.
    std::optional<Index> next(Index index) const {
        const Record& record = all()[index];
        for (Index i = index + 1; i < all().size(); ++i) {
            const Record& each = all()[i];
            if (each.actor != record.actor || each.kind < Kind::subscribing) continue;
            if (each.channel == record.channel || each.kind == Kind::lost) return i;
        }
        return std::nullopt;
    }
    // The last line of the subscription that this delivery or reply belongs to.
    std::optional<Index> end_of(Index index) const {
        auto at = next(index);
        while (at && all()[*at].kind == Kind::delivery)
            at = next(*at);
        return at;
    }
    bool has_deliveries(Index reply) const {
        const auto at = next(reply);
        return at && all()[*at].kind == Kind::delivery;
    }
    std::optional<Index> acknowledgement_of(const Record& delivery) const {
        const auto found = acknowledged_.find({delivery.channel, delivery.publisher, delivery.seq});
        return found == acknowledged_.end() ? std::nullopt : std::optional(found->second);
    }
    const Record& begun(const Record& delivery) const {
        return all()[begun_.at({delivery.channel, delivery.publisher, delivery.seq})];
    }
    // Whether the rest of the history shows that this delivery is missing when it is taken away.
    bool is_proved(Index index) const {
        const Record& record = all()[index];
        if (is_stream(record)) return true;
        if (has_rule(record, kDrops) || !acknowledgement_of(record)) return false;
        if (!is_covered(index)) return false;
        for (auto at = next(index); at; at = next(*at)) {
            if (all()[*at].kind == Kind::done) return true;
            if (all()[*at].kind != Kind::delivery) return false;
            if (all()[*at].publisher == record.publisher) return true;
        }
        return false;
    }
    // Published after the reply, so that it could not have come before the subscription.
    bool is_covered(Index index) const {
        const Record& record = all()[index];
        for (Index i = index; i-- > 0;) {
            const Record& each = all()[i];
            if (each.actor == record.actor && each.channel == record.channel && each.kind == Kind::subscribed)
                return begun(record).stamp > each.stamp;
        }
        return false;
    }

private:
    using Name = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

    const History& history_;
    std::map<std::uint32_t, std::uint8_t> rules_;
    std::map<Name, Index> acknowledged_;
    std::map<Name, Index> begun_;
};

// A record, any out of those that fit.
std::optional<Index> pick(const History& history, std::mt19937& random,
                          const std::function<bool(Index)>& fits) {
    const Index size = history.records.size();
    const Index from = random() % size;
    for (Index i = 0; i < size; ++i) {
        if (fits((from + i) % size)) return (from + i) % size;
    }
    return std::nullopt;
}

std::optional<Index> pick_kind(const History& history, std::mt19937& random, Kind kind,
                               const std::function<bool(Index)>& fits) {
    return pick(history, random, [&](Index i) { return history.records[i].kind == kind && fits(i); });
}

void erase(History& history, Index index) {
    history.records.erase(history.records.begin() + static_cast<std::ptrdiff_t>(index));
}

void insert(History& history, Index index, const Record& record) {
    history.records.insert(history.records.begin() + static_cast<std::ptrdiff_t>(index), record);
}

// What of a delivery is the publication.
void copy_publication(const Record& from, Record& to) {
    to.publisher = from.publisher;
    to.seq = from.seq;
    to.digest = from.digest;
}

bool drop(History& history, std::mt19937& random) {
    const View view(history);
    const auto at = pick_kind(history, random, Kind::delivery, [&](Index i) { return view.is_proved(i); });
    if (at) erase(history, *at);
    return at.has_value();
}

bool drop_the_last(History& history, std::mt19937& random) {
    const View view(history);
    const auto at = pick_kind(history, random, Kind::delivery, [&](Index i) {
        const auto after = view.next(i);
        return after && history.records[*after].kind == Kind::done;
    });
    if (at) erase(history, *at);
    return at.has_value();
}

bool duplicate(History& history, std::mt19937& random) {
    const auto at = pick_kind(history, random, Kind::delivery, [](Index) { return true; });
    if (at) insert(history, *at + 1, Record(history.records[*at]));
    return at.has_value();
}

bool duplicate_later(History& history, std::mt19937& random) {
    const View view(history);
    const auto at =
        pick_kind(history, random, Kind::delivery, [&](Index i) { return view.end_of(i).has_value(); });
    if (at) insert(history, *view.end_of(*at), Record(history.records[*at]));
    return at.has_value();
}

bool swap_neighbours(History& history, std::mt19937& random) {
    const View view(history);
    auto& all = history.records;
    const auto at = pick_kind(history, random, Kind::delivery, [&](Index i) {
        const auto after = view.next(i);
        return after && all[*after].kind == Kind::delivery &&
               (view.is_stream(all[i]) || all[i].publisher == all[*after].publisher);
    });
    if (!at) return false;
    Record& second = all[*view.next(*at)];
    std::swap(all[*at], second);
    std::swap(all[*at].stamp, second.stamp);
    return true;
}

// One subscriber sees two publications at each other's places; others, or the acknowledgement, say otherwise.
bool swap_payloads(History& history, std::mt19937& random) {
    const View view(history);
    auto& all = history.records;
    const auto at = pick_kind(history, random, Kind::delivery, [&](Index i) {
        const auto after = view.next(i);
        return view.is_stream(all[i]) && after && all[*after].kind == Kind::delivery &&
               view.acknowledgement_of(all[i]);
    });
    if (!at) return false;
    Record& second = all[*view.next(*at)];
    const Record first = all[*at];
    copy_publication(second, all[*at]);
    copy_publication(first, second);
    return true;
}

bool reissue_an_offset(History& history, std::mt19937& random) {
    const View view(history);
    auto& all = history.records;
    const auto at = pick_kind(history, random, Kind::ok, [&](Index i) { return view.is_stream(all[i]); });
    if (!at) return false;
    const auto other = pick_kind(history, random, Kind::ok,
                                 [&](Index i) { return i != *at && all[i].channel == all[*at].channel; });
    if (!other) return false;
    all[*at].epoch = all[*other].epoch;
    all[*at].offset = all[*other].offset;
    return true;
}

bool repeat_an_offset(History& history, std::mt19937& random) {
    const View view(history);
    auto& all = history.records;
    const auto at = pick_kind(history, random, Kind::delivery, [&](Index i) {
        const auto after = view.next(i);
        return view.is_stream(all[i]) && after && all[*after].kind == Kind::delivery;
    });
    if (at) all[*view.next(*at)].offset = all[*at].offset;
    return at.has_value();
}

bool return_to_an_epoch(History& history, std::mt19937& random) {
    const View view(history);
    auto& all = history.records;
    const auto at =
        pick_kind(history, random, Kind::delivery, [&](Index i) { return view.is_stream(all[i]); });
    if (!at) return false;
    const auto older = pick_kind(history, random, Kind::delivery, [&](Index i) {
        return all[i].channel == all[*at].channel && all[i].epoch != all[*at].epoch;
    });
    if (!older) return false;
    all[*at].epoch = all[*older].epoch;
    all[*at].offset = all[*older].offset;
    return true;
}

template <typename Change>
bool change_delivery(History& history, std::mt19937& random, Change change) {
    const auto at = pick_kind(history, random, Kind::delivery, [](Index) { return true; });
    if (at) change(history.records[*at]);
    return at.has_value();
}

bool alter_payload(History& history, std::mt19937& random) {
    return change_delivery(history, random, [](Record& delivery) { delivery.digest ^= 1; });
}

bool alter_seq(History& history, std::mt19937& random) {
    return change_delivery(history, random, [](Record& delivery) { delivery.seq += 1; });
}

bool alter_publisher(History& history, std::mt19937& random) {
    return change_delivery(history, random, [](Record& delivery) { delivery.publisher += 500; });
}

bool alter_session(History& history, std::mt19937& random) {
    return change_delivery(history, random, [](Record& delivery) { delivery.session += 1; });
}

// The digests of all publications differ, so the other channel has none like it.
bool alter_channel(History& history, std::mt19937& random) {
    return change_delivery(history, random,
                           [](Record& delivery) { delivery.channel = delivery.channel % 5 + 1; });
}

bool deliver_before_publishing(History& history, std::mt19937& random) {
    const View view(history);
    return change_delivery(history, random,
                           [&](Record& delivery) { delivery.stamp = view.begun(delivery).stamp - 1; });
}

bool deliver_a_phantom(History& history, std::mt19937& random) {
    const auto at = pick_kind(history, random, Kind::delivery, [](Index) { return true; });
    if (!at) return false;
    Record phantom = history.records[*at];
    phantom.seq += 100'000;
    insert(history, *at + 1, phantom);
    return true;
}

bool deliver_what_was_refused(History& history, std::mt19937& random) {
    const auto refused = pick_kind(history, random, Kind::fail, [](Index) { return true; });
    if (!refused) return false;
    const Record publication = history.records[*refused];
    const auto at = pick_kind(history, random, Kind::delivery,
                              [&](Index i) { return history.records[i].channel == publication.channel; });
    if (!at) return false;
    history.records[*at].publisher = publication.actor;
    history.records[*at].seq = publication.seq;
    history.records[*at].digest = publication.digest;
    return true;
}

bool deliver_after_the_end(History& history, std::mt19937& random) {
    const View view(history);
    const auto at =
        pick_kind(history, random, Kind::delivery, [&](Index i) { return view.end_of(i).has_value(); });
    if (!at) return false;
    const Index end = *view.end_of(*at);
    const Record delivery = history.records[*at];
    insert(history, end + 1, delivery);
    erase(history, *at);
    return true;
}

// A notice, a lost connection, a leaving: with it what came next is explained, without it the subscriber asks
// for what it has.
bool delete_an_end(History& history, std::mt19937& random) {
    const View view(history);
    auto& all = history.records;
    const auto at = pick_kind(history, random, Kind::subscribed, [&](Index i) {
        const auto end = view.end_of(i);
        const auto after = end ? view.next(*end) : std::nullopt;
        return after && all[*after].kind == Kind::subscribing;
    });
    if (at) erase(history, *view.end_of(*at));
    return at.has_value();
}

bool delete_a_reply(History& history, std::mt19937& random) {
    const View view(history);
    const auto at =
        pick_kind(history, random, Kind::subscribed, [&](Index i) { return view.has_deliveries(i); });
    if (at) erase(history, *at);
    return at.has_value();
}

// The reply said that there is a gap, and there is one.
bool deny_a_gap(History& history, std::mt19937& random) {
    const View view(history);
    auto& all = history.records;
    const auto at = pick_kind(history, random, Kind::subscribed, [&](Index i) {
        if (all[i].flags != kWasRecovering || view.has_rule(all[i], kCache)) return false;
        Index asked = i;
        while (all[asked].kind != Kind::subscribing || all[asked].actor != all[i].actor ||
               all[asked].channel != all[i].channel)
            --asked;
        return all[asked].epoch != all[i].epoch || all[asked].offset != all[i].offset;
    });
    if (at) all[*at].flags |= kRecovered;
    return at.has_value();
}

// In the one channel whose rule is to drop: somebody missed something there and now was never slow.
bool delete_slowness(History& history, std::mt19937&) {
    const auto is_slowness = [](const Record& each) {
        return each.kind == Kind::frozen || each.kind == Kind::thawed;
    };
    const auto end = std::remove_if(history.records.begin(), history.records.end(), is_slowness);
    const bool any = end != history.records.end();
    history.records.erase(end, history.records.end());
    return any;
}

bool deny_a_publication(History& history, std::mt19937& random) {
    const View view(history);
    const auto at = pick_kind(history, random, Kind::delivery, [&](Index i) {
        return view.acknowledgement_of(history.records[i]).has_value();
    });
    if (at) history.records[*view.acknowledgement_of(history.records[*at])].kind = Kind::fail;
    return at.has_value();
}

bool count_too_few(History& history, std::mt19937& random) {
    const View view(history);
    const auto at = pick_kind(history, random, Kind::delivery, [&](Index i) {
        return !(history.records[i].flags & kReplayed) && view.acknowledgement_of(history.records[i]);
    });
    if (at) history.records[*view.acknowledgement_of(history.records[*at])].code = 0;
    return at.has_value();
}

// Of the last publication in a channel more copies are said to have been handed out than there are
// subscribers.
bool count_too_many(History& history, std::mt19937& random) {
    const View view(history);
    const auto at = pick_kind(history, random, Kind::delivery, [&](Index i) {
        const auto after = view.next(i);
        return after && history.records[*after].kind == Kind::done;
    });
    if (at) ++history.records[*view.acknowledgement_of(history.records[*at])].code;
    return at.has_value();
}

// A publication with unknown outcome that nobody got is said to be the newest of its stream.
bool acknowledge_what_nobody_got(History& history, std::mt19937& random) {
    const View view(history);
    auto& all = history.records;
    const auto last = pick_kind(history, random, Kind::delivery, [&](Index i) {
        const auto after = view.next(i);
        return view.is_stream(all[i]) && after && all[*after].kind == Kind::done;
    });
    if (!last) return false;
    const auto at = pick_kind(history, random, Kind::unknown, [&](Index i) {
        return all[i].channel == all[*last].channel &&
               std::none_of(all.begin(), all.end(), [&](const Record& each) {
                   return each.kind == Kind::delivery && each.channel == all[i].channel &&
                          each.publisher == all[i].actor && each.seq == all[i].seq;
               });
    });
    if (!at) return false;
    all[*at].kind = Kind::ok;
    all[*at].epoch = all[*last].epoch;
    all[*at].offset = all[*last].offset + 1;
    return true;
}

// The last time that the broker was asked all was calm, so that each of these counts is known to the last
// one.
bool miscount(History& history, std::mt19937& random) {
    auto& all = history.records;
    const auto last = std::find_if(all.rbegin(), all.rend(),
                                   [](const Record& each) { return each.kind == Kind::counting; });
    if (last == all.rend()) return false;
    const auto at = pick_kind(history, random, Kind::counted, [&](Index i) {
        return all[i].stamp > last->stamp && history.channels.name_of(all[i].channel) != "closed_slow" &&
               history.channels.name_of(all[i].channel) != "publications_refused";
    });
    if (at) ++all[*at].offset;
    return at.has_value();
}

bool count_nothing(History& history, std::mt19937&) {
    bool any = false;
    for (Record& each : history.records) {
        if (each.kind != Kind::counted) continue;
        any = any || each.offset > 0;
        each.offset = 0;
    }
    return any;
}

}  // namespace

const std::vector<Mutation>& mutations() {
    static const std::vector<Mutation> all{
        {"drop", drop},
        {"drop the last", drop_the_last},
        {"duplicate", duplicate},
        {"duplicate later", duplicate_later},
        {"swap neighbours", swap_neighbours},
        {"swap payloads", swap_payloads},
        {"reissue an offset", reissue_an_offset},
        {"repeat an offset", repeat_an_offset},
        {"return to an epoch", return_to_an_epoch},
        {"alter payload", alter_payload},
        {"alter seq", alter_seq},
        {"alter publisher", alter_publisher},
        {"alter session", alter_session},
        {"alter channel", alter_channel},
        {"deliver before publishing", deliver_before_publishing},
        {"deliver a phantom", deliver_a_phantom},
        {"deliver what was refused", deliver_what_was_refused},
        {"deliver after the end", deliver_after_the_end},
        {"delete an end", delete_an_end},
        {"delete a reply", delete_a_reply},
        {"deny a gap", deny_a_gap},
        {"delete slowness", delete_slowness},
        {"deny a publication", deny_a_publication},
        {"count too few", count_too_few},
        {"count too many", count_too_many},
        {"acknowledge what nobody got", acknowledge_what_nobody_got},
        {"miscount", miscount},
        {"count nothing", count_nothing},
    };
    return all;
}

}  // namespace fairlead::audit
