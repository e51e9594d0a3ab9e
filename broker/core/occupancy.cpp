// SPDX-License-Identifier: Apache-2.0
#include "core/occupancy.h"

#include <string>
#include <utility>

#include "wire/channel.h"

namespace fairlead::core {
namespace {

using Kind = SessionEvent::Kind;

constexpr Row kRowsOfPage = 4096;  // looked at for one page

}  // namespace

void Occupancy::occupied(std::string_view channel) {
    if (wire::is_user_channel(channel)) return;
    const bool known = leaving_.back(channel, clock_.now());
    if (!known && teller_.listens(Subjects::channels)) tell(Kind::occupied, channel);
}

void Occupancy::vacated(std::string_view channel) {
    if (teller_.listens(Subjects::channels) && !wire::is_user_channel(channel))
        leaving_.begin(channel, clock_.now() + options_.vacate_delay);
}

SnapshotPage Occupancy::channels(std::uint64_t from, std::size_t max_events) {
    SnapshotPage page;
    page.next = channels_.for_some(static_cast<Row>(from), kRowsOfPage, [&](Row row) {
        const std::string& name = channels_.name(row);
        if (wire::is_user_channel(name)) return true;
        SessionEvent event;
        event.kind = Kind::occupied;
        event.channel = name;
        page.events.push_back(teller_.stamped(std::move(event)));
        return page.events.size() < max_events;
    });
    leaving_.snapshot_taken(clock_.now(), page.next != 0);
    return page;
}

void Occupancy::tell(Kind kind, std::string_view channel) {
    SessionEvent event;
    event.kind = kind;
    event.channel = channel;
    teller_.tell(std::move(event));
}

void Occupancy::tick() {
    leaving_.tick(clock_.now(), [this](const std::string& channel) {
        if (teller_.listens(Subjects::channels)) tell(Kind::vacated, channel);
    });
}

}  // namespace fairlead::core
