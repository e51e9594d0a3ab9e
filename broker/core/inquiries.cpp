// SPDX-License-Identifier: Apache-2.0
#include "core/inquiries.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "wire/channel.h"
#include "wire/pack_writer.h"

namespace fairlead::core {
namespace {

using wire::Code;
using wire::failure;
using wire::Inquiry;
using wire::InquiryKind;
using wire::PackWriter;

constexpr std::size_t kPageBytes = 128 * 1024;

/// {"clients": [...], "next": n}; `entries` are `count` values.
std::string page(std::size_t count, const std::string& entries, std::uint64_t next) {
    std::string out;
    PackWriter writer(out);
    writer.map(2);
    writer.str("clients");
    writer.array(count);
    out += entries;
    writer.pair("next", next);
    return out;
}

}  // namespace

Outcome Inquiries::answer(InquiryKind kind, std::string_view payload) {
    Inquiry inquiry;
    std::string why;
    if (!reader_.read(payload, inquiry, why)) return failure(Code::bad_request, why);
    switch (kind) {
        case InquiryKind::clients:
            return clients_of(inquiry);
        case InquiryKind::presence:
            return presence(inquiry);
        case InquiryKind::presence_stats:
            return presence_stats(inquiry);
        case InquiryKind::history:
            return history(inquiry);
        case InquiryKind::state:
            return state(inquiry);
        case InquiryKind::counts:
            break;
    }
    return counts();
}

// Pages go by rows, upwards, so that who stays is listed once.
Outcome Inquiries::clients_of(const Inquiry& inquiry) {
    if (!wire::valid_user(inquiry.user)) return failure(Code::bad_request, "user: expected a user id");
    std::vector<Row> rows;
    clients_.for_each_of(inquiry.user,
                         [&](const Client& client) { rows.push_back(clients_.row_of(client)); });
    std::sort(rows.begin(), rows.end());
    std::string entries;
    PackWriter writer(entries);
    std::size_t count = 0;
    for (const Row row : rows) {
        if (row < inquiry.from) continue;
        if (entries.size() > kPageBytes) return page(count, entries, row);
        const Client& client = clients_[row];
        writer.map(4);
        writer.pair("client", clients_.id_of(client));
        writer.pair("session", client.profile.session());
        writer.pair("address", client.profile.address());
        writer.str("meta");
        writer.value(client.profile.meta());
        ++count;
    }
    return page(count, entries, 0);
}

wire::Failure Inquiries::has_presence(std::string_view channel) const {
    if (!wire::valid_channel(channel)) return failure(Code::bad_request, "channel: expected a channel");
    if (permissions_.presence_rules_of(channel) != nullptr) return {};
    return failure(Code::not_available, "the namespace of this channel has no presence");
}

Outcome Inquiries::presence(const Inquiry& inquiry) {
    wire::Failure without = has_presence(inquiry.channel);
    if (without.code != 0) return without;
    const Row channel = channels_.find(inquiry.channel);
    std::vector<Row> rows = presence_.clients(channel);
    std::sort(rows.begin(), rows.end());
    std::string entries;
    std::size_t count = 0;
    for (const Row row : rows) {
        if (row < inquiry.from) continue;
        if (entries.size() > kPageBytes) return page(count, entries, row);
        write(*subscriptions_.info_of(clients_[row], inquiry.channel), entries);
        ++count;
    }
    for (const ClientInfoPtr& info : presence_.leaving(channel)) {
        write(*info, entries);
        ++count;
    }
    return page(count, entries, 0);
}

void Inquiries::write(const ClientInfo& info, std::string& out) {
    PackWriter writer(out);
    writer.map(4);
    writer.pair("client", info.client);
    writer.pair("user", info.user);
    writer.str("conn_info");
    writer.value(msgpack_of(info.conn_info));
    writer.str("chan_info");
    writer.value(msgpack_of(info.chan_info));
}

Outcome Inquiries::presence_stats(const Inquiry& inquiry) const {
    wire::Failure without = has_presence(inquiry.channel);
    if (without.code != 0) return without;
    const Presence::Stats stats = presence_.stats(channels_.find(inquiry.channel));
    std::string out;
    PackWriter writer(out);
    writer.map(2);
    writer.pair("clients", std::uint64_t{stats.clients});
    writer.pair("users", std::uint64_t{stats.users});
    return out;
}

Outcome Inquiries::history(const Inquiry& inquiry) {
    if (!wire::valid_channel(inquiry.channel))
        return failure(Code::bad_request, "channel: expected a channel");
    Query query;
    query.channel = inquiry.channel;
    query.limit = static_cast<std::int32_t>(std::min<std::uint64_t>(inquiry.limit, 0x7fffffff));
    query.reverse = inquiry.reverse;
    if (inquiry.has_since) query.since = Missed{inquiry.offset, std::string(inquiry.epoch)};
    Stored stored;
    wire::Failure failed = recovery_.read(permissions_.rules_of(inquiry.channel), query, stored);
    if (failed.code != 0) return failed;
    std::string entries;
    std::size_t count = 0;
    for (const PublicationPtr& each : stored.publications) {
        if (count > 0 && entries.size() + each->data.bytes.size() > kPageBytes) break;
        write(*each, entries);
        ++count;
    }
    std::string out;
    PackWriter writer(out);
    writer.map(3);
    writer.str("publications");
    writer.array(count);
    out += entries;
    writer.pair("offset", stored.top.offset);
    writer.pair("epoch", stored.top.epoch);
    return out;
}

void Inquiries::write(const Publication& publication, std::string& out) {
    PackWriter writer(out);
    writer.map(publication.info ? 6 : 4);
    writer.pair("offset", publication.offset);
    writer.pair("time", static_cast<std::uint64_t>(publication.time));
    writer.str("data");
    writer.value(msgpack_of(publication.data));
    writer.str("tags");
    writer.map(publication.tags.size());
    for (const auto& [name, value] : publication.tags)
        writer.pair(name, value);
    if (!publication.info) return;
    writer.pair("user", publication.info->user);
    writer.pair("client", publication.info->client);
}

Outcome Inquiries::state(const Inquiry& inquiry) {
    const Client* client = clients_.find(inquiry.client);
    if (client == nullptr) return failure(Code::not_found, "no such client");
    std::string out;
    PackWriter writer(out);
    writer.map(1);
    writer.str("state");
    writer.value(sessions_.state_of(*client));
    return out;
}

Outcome Inquiries::counts() const {
    const Counts now = counts_();
    const Deliveries& deliveries = now.deliveries;
    const std::pair<std::string_view, std::uint64_t> all[] = {
        {"clients", now.clients},
        {"users", now.users},
        {"channels", now.channels},
        {"requests", now.calls},
        {"late_outcomes", now.late_outcomes},
        {"publications", now.publications},
        {"publications_refused", now.refused},
        {"copies", now.copies},
        {"recovered", now.recovered},
        {"unrecovered", now.unrecovered},
        {"handed", deliveries.handed},
        {"dropped", deliveries.dropped},
        {"conflated", deliveries.conflated},
        {"unsent", deliveries.unsent},
        {"undeliverable", deliveries.undeliverable},
        {"gaps", deliveries.gaps},
        {"closed_slow", deliveries.closed_slow},
    };
    std::string out;
    PackWriter writer(out);
    writer.map(std::size(all));
    for (const auto& [name, value] : all)
        writer.pair(name, value);
    return out;
}

std::string Inquiries::msgpack_of(std::string_view json) {
    std::string bytes;
    if (!json.empty() && !translator_.to_msgpack(json, bytes)) bytes.clear();
    return bytes;
}

std::string Inquiries::msgpack_of(const Payload& payload) {
    return payload.encoding == Encoding::msgpack ? payload.bytes : msgpack_of(payload.bytes);
}

}  // namespace fairlead::core
