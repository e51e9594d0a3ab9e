// SPDX-License-Identifier: Apache-2.0
// Who is online: the broker tells a service which users come and go, and which channels have subscribers.
//
// Run it beside a broker, and ask it:
//
//     build/release/bin/fairlead-broker &
//     build/release/bin/80_who_is_online &
//     build/release/bin/fairlead call presence.online '{}'
//     {"users":[],"channels":[]}
//
// With `fairlead sub room:lobby` beside it, it prints `room:lobby has subscribers`, and with a client that
// has a token of user ada `ada is online`; both are in the answer then.
//
// A picture in memory needs no more than this: whenever this program starts to be told, the broker first
// tells all that there is (a snapshot). Whoever writes into a store instead stores each event's generation
// too, and leaves alone what is newer there: <fairlead/session_event.h> says why.
#include <fairlead/fairlead.h>

#include <cstdio>
#include <mutex>
#include <set>
#include <string>
#include <vector>

/// What is there, by what the broker tells. Threads: any.
class Picture {
public:
    void begin() {
        const std::lock_guard lock(mutex_);
        mentioned_.clear();
    }
    /// What was not mentioned since the beginning has gone without our knowing.
    void end() {
        const std::lock_guard lock(mutex_);
        there_ = mentioned_;
    }
    void add(const std::string& name) {
        const std::lock_guard lock(mutex_);
        there_.insert(name);
        mentioned_.insert(name);
    }
    void remove(const std::string& name) {
        const std::lock_guard lock(mutex_);
        there_.erase(name);
        mentioned_.erase(name);
    }
    std::vector<std::string> all() const {
        const std::lock_guard lock(mutex_);
        return {there_.begin(), there_.end()};
    }

private:
    mutable std::mutex mutex_;
    std::set<std::string> there_;
    std::set<std::string> mentioned_;
};

struct Online {
    std::vector<std::string> users, channels;
    FAIRLEAD_FIELDS(users, channels)
};

int main() {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    Picture users;
    Picture channels;

    fairlead::Service service{"presence", "1.0.0"};
    service.on_user([&](const fairlead::UserEvent& event) {
        using Kind = fairlead::UserEvent::Kind;
        if (event.kind == Kind::snapshot_begins) return users.begin();
        if (event.kind == Kind::snapshot_ends) return users.end();
        const bool online = event.kind == Kind::online;
        online ? users.add(event.user) : users.remove(event.user);
        std::printf("%s is %s\n", event.user.c_str(), online ? "online" : "offline");
    });
    service.on_channel([&](const fairlead::ChannelEvent& event) {
        using Kind = fairlead::ChannelEvent::Kind;
        if (event.kind == Kind::snapshot_begins) return channels.begin();
        if (event.kind == Kind::snapshot_ends) return channels.end();
        const bool occupied = event.kind == Kind::occupied;
        occupied ? channels.add(event.channel) : channels.remove(event.channel);
        std::printf("%s has %s\n", event.channel.c_str(), occupied ? "subscribers" : "no subscribers");
    });
    service.on("presence.online", [&](fairlead::Request&) { return Online{users.all(), channels.all()}; });
    return service.run();
}
