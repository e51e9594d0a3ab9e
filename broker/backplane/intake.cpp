// SPDX-License-Identifier: Apache-2.0
#include "backplane/intake.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "wire/frame.h"

namespace fairlead::backplane {
namespace {

/// A look is a system call; with more connections than this each is looked at less often.
constexpr std::size_t kLooksATick = 256;

constexpr std::string_view kEndless = "it sent a message without end";

std::uint64_t legal_bytes(const Options& options) {
    return std::max(wire::kMaxMessageBytes, options.max_payload_bytes) + wire::kMaxPairs * wire::kMaxHeaderBytes;
}

}  // namespace

Intake::Intake(const Options& options, const base::Clock& clock, base::Log& log, Links& links, Counts& counts)
    : options_(options),
      legal_(legal_bytes(options)),
      clock_(clock),
      log_(log),
      links_(links),
      counts_(counts) {}

void Intake::watch(zmq::context_t& context, zmq::socket_t& socket) {
    numbering_.emplace(context, socket);
    arrivals_.emplace(context, socket);
}

bool Intake::is_given(std::string_view routing_id) {
    take_arrivals();
    return numbering_ && numbering_->is_given(routing_id, came_);
}

void Intake::belongs_to(int descriptor, const Link& link) {
    take_arrivals();
    const auto found = connections_.find(descriptor);
    if (found == connections_.end()) return;
    found->second.link = link.id();
    found->second.silent = false;
    found->second.service = link.instance->service;
    found->second.key = link.instance->key;
}

void Intake::heard(int descriptor) {
    take_arrivals();
    const auto found = connections_.find(descriptor);
    if (found == connections_.end()) return;
    found->second.heard = clock_.now();
    found->second.silent = false;
}

bool Intake::tick(bool all_read) {
    take_arrivals();
    if (all_read) all_read_at_ = clock_.now();
    if (round_.empty()) {
        for (const auto& [descriptor, connection] : connections_)
            round_.push_back(descriptor);
    }
    for (std::size_t looks = 0; looks < kLooksATick && !round_.empty(); ++looks) {
        const auto found = connections_.find(round_.back());
        round_.pop_back();
        if (found != connections_.end() && !look(found->second)) connections_.erase(found);
    }
    return judge();
}

void Intake::take_arrivals() {
    if (!arrivals_) return;
    while (const auto event = arrivals_->next())
        arrived(*event);
}

void Intake::arrived(const Arrivals::Event& event) {
    connections_.erase(event.descriptor);
    if (event.ended) return;
    ++came_;
    const auto tcp = TcpConnection::find(event.descriptor, event.port);
    if (!tcp) return;  // gone already, or not TCP
    Connection connection{*tcp};
    connection.came = connection.whole_at = connection.seen_at = clock_.now();
    connections_.emplace(event.descriptor, connection);
}

bool Intake::look(Connection& connection) {
    const auto received = connection.tcp.received();
    if (!received) return false;
    const base::Steady now = clock_.now();
    const Link* link = link_of(connection);
    const base::Steady heard =
        std::max(connection.heard, link == nullptr ? base::Steady() : link->instance->heard);
    if (heard >= connection.whole_at) {
        connection.whole = connection.seen = *received;
        connection.whole_at = connection.seen_at = now;
        connection.held = 0;
        return true;
    }
    // Whole messages among what was seen may still wait to be read: only after that it counts. Under a load
    // that leaves nothing read to its end it counts at last, since who floods us must not put it off for
    // ever.
    if (all_read_at_ <= connection.seen_at && now - connection.seen_at < options_.dead_after) return true;
    connection.held = connection.seen - std::min(connection.seen, connection.whole);
    connection.seen = *received;
    connection.seen_at = now;
    // What waits in the kernel is bounded there, and may be of whole messages.
    if (connection.seen > connection.whole)
        connection.seen -= std::min(connection.seen, connection.tcp.unread());
    return true;
}

/// Nobody's if the link goes on over another connection by now.
Link* Intake::link_of(const Connection& connection) const {
    Link* link = connection.link == 0 ? nullptr : links_.find(connection.link);
    return link != nullptr && link->descriptor == connection.tcp.descriptor() ? link : nullptr;
}

bool Intake::judge() {
    const base::Steady now = clock_.now();
    std::vector<Weighed> links;
    std::vector<Weighed> strangers;
    std::vector<Weighed> ages;
    for (const auto& [descriptor, connection] : connections_) {
        const bool linked = link_of(connection) != nullptr;
        const std::uint64_t legal = linked ? legal_ : 0;
        if (connection.held > legal) (linked ? links : strangers).push_back({connection.held - legal, descriptor});
        if (!linked) ages.push_back({static_cast<std::uint64_t>((now - connection.came).count()), descriptor});
    }
    const bool any = cut_largest(links, kSpareOfLinks);
    cut_largest(strangers, kMostOfStrangers);
    cut_silent(ages);
    return any;
}

/// True if a link has to end.
bool Intake::cut_largest(std::vector<Weighed>& all, std::uint64_t most_of_all) {
    std::uint64_t sum = 0;
    for (const Weighed& one : all)
        sum += one.weight;
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
    bool any = false;
    for (const Weighed& one : all) {
        if (one.weight <= kSpareOfOne && sum <= most_of_all) break;
        any = cut(one.descriptor, kEndless) || any;
        sum -= one.weight;
    }
    return any;
}

void Intake::cut_silent(std::vector<Weighed>& strangers) {
    std::sort(strangers.begin(), strangers.end(),
              [](const auto& a, const auto& b) { return a.weight > b.weight; });
    const std::size_t too_many = strangers.size() - std::min(strangers.size(), kMostStrangers);
    for (std::size_t i = 0; i < strangers.size(); ++i) {
        const auto found = connections_.find(strangers[i].descriptor);
        if (found == connections_.end()) continue;
        const bool silent = found->second.silent && clock_.now() - found->second.came >= kFirstWord;
        if (silent || i < too_many)
            cut(strangers[i].descriptor, silent ? "it said nothing" : "too many have no link");
    }
}

/// True if it had a link, which ends. One that cannot be cut now is tried again with the next look.
bool Intake::cut(int descriptor, std::string_view why) {
    const auto at = connections_.find(descriptor);
    Link* link = link_of(at->second);
    const std::string address = at->second.tcp.peer_address();  // what is cut has none
    const TcpConnection::Cut cut = at->second.tcp.cut(grip_);
    if (cut == TcpConnection::Cut::failed) return false;
    const bool ours = cut == TcpConnection::Cut::done;
    if (ours) {
        ++(why == kEndless ? counts_.endless : counts_.idle);
        log_cut(at->second, address, why);
        if (link != nullptr) links_.end(*link, std::string(why));
    }
    connections_.erase(at);
    return ours && link != nullptr;
}

void Intake::log_cut(const Connection& connection, std::string_view address, std::string_view why) {
    const auto kept_back = log_limit_.pass(clock_.now());
    if (!kept_back) return;
    log_.error("a peer was cut: " + std::string(why), {{"service", connection.service},
                                                       {"key", connection.key},
                                                       {"address", address},
                                                       {"bytes", connection.held},
                                                       {"not_logged", *kept_back}});
}

}  // namespace fairlead::backplane
