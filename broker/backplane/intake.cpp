// SPDX-License-Identifier: Apache-2.0
#include "backplane/intake.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace fairlead::backplane {
namespace {

/// A look is a system call; with more connections than this each is looked at less often.
constexpr std::size_t kLooksATick = 256;

}  // namespace

Intake::Intake(zmq::context_t& context, zmq::socket_t& socket, const Options& options,
               const base::Clock& clock, base::Log& log, Links& links, Counts& counts)
    : options_(options),
      clock_(clock),
      log_(log),
      links_(links),
      counts_(counts),
      arrivals_(context, socket) {}

void Intake::belongs_to(int descriptor, const Link& link) {
    take_arrivals();
    const auto found = connections_.find(descriptor);
    if (found == connections_.end()) return;
    found->second.link = link.id();
    found->second.service = link.instance->service;
    found->second.key = link.instance->key;
}

void Intake::heard(int descriptor) {
    if (const auto found = connections_.find(descriptor); found != connections_.end())
        found->second.heard = clock_.now();
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
        if (found != connections_.end() && !look(found->second)) forget(found);
    }
    return cut_the_worst();
}

void Intake::take_arrivals() {
    while (const auto event = arrivals_.next())
        arrived(*event);
}

void Intake::arrived(const Arrivals::Event& event) {
    if (const auto before = connections_.find(event.descriptor); before != connections_.end()) forget(before);
    if (event.ended) return;
    const auto tcp = TcpConnection::find(event.descriptor, event.port);
    if (!tcp) return;  // gone already, or not TCP
    Connection connection{*tcp};
    connection.whole_at = connection.seen_at = clock_.now();
    connections_.emplace(event.descriptor, connection);
}

void Intake::forget(Connections::iterator at) {
    hold(at->second, 0);
    connections_.erase(at);
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
        hold(connection, 0);
        return true;
    }
    // Whole messages among what was seen may still wait to be read: only after that it counts. Under a load
    // that leaves nothing read to its end it counts at last, since who floods us must not put it off for
    // ever.
    if (all_read_at_ <= connection.seen_at && now - connection.seen_at < options_.dead_after) return true;
    hold(connection, connection.seen - std::min(connection.seen, connection.whole));
    connection.seen = *received;
    connection.seen_at = now;
    // What waits in the kernel is bounded there, and may be of whole messages.
    if (connection.seen > connection.whole + kMostOfOne)
        connection.seen -= std::min(connection.seen, connection.tcp.unread());
    return true;
}

void Intake::hold(Connection& connection, std::uint64_t bytes) {
    held_ += bytes - connection.held;
    connection.held = bytes;
}

/// Nobody's if the link goes on over another connection by now.
Link* Intake::link_of(const Connection& connection) const {
    Link* link = connection.link == 0 ? nullptr : links_.find(connection.link);
    return link != nullptr && link->descriptor == connection.tcp.descriptor() ? link : nullptr;
}

bool Intake::cut_the_worst() {
    bool any = false;
    while (!connections_.empty()) {
        const auto worst =
            std::max_element(connections_.begin(), connections_.end(),
                             [](const auto& a, const auto& b) { return a.second.held < b.second.held; });
        if (worst->second.held <= kMostOfOne && held_ <= kMostOfAll) break;
        any = cut(worst) || any;
    }
    return any;
}

bool Intake::cut(Connections::iterator at) {
    Link* link = link_of(at->second);
    const std::string address = at->second.tcp.peer_address();  // what is cut has none
    const bool ours = at->second.tcp.cut();
    if (ours) {
        ++counts_.endless;
        log_cut(at->second, address);
        if (link != nullptr) links_.end(*link, "it sent a message without end");
    }
    forget(at);
    return ours && link != nullptr;
}

void Intake::log_cut(const Connection& connection, std::string_view address) {
    const auto kept_back = log_limit_.pass(clock_.now());
    if (!kept_back) return;
    log_.error("a peer was cut: it sent a message without end", {{"service", connection.service},
                                                                 {"key", connection.key},
                                                                 {"address", address},
                                                                 {"bytes", connection.held},
                                                                 {"not_logged", *kept_back}});
}

}  // namespace fairlead::backplane
