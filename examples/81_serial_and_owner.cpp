// SPDX-License-Identifier: Apache-2.0
// State in memory without locks: one request at a time, and rooms that have one owner among all instances.
//
// Run it beside a broker on its defaults, as often as you like, then ask:
//
//     build/release/bin/fairlead-broker &
//     build/release/bin/81_serial_and_owner &
//     build/release/bin/fairlead call --json tickets.next '{}'
//     {"data":{"number":1}}
//     build/release/bin/fairlead call --json tickets.next '{}'
//     {"data":{"number":2}}
//     build/release/bin/fairlead call --json rooms.lobby.say '{"text":"hello"}'
//     {"data":{"lines":1}}
//     build/release/bin/fairlead call --json rooms.lobby.say '{"text":"bye"}'
//     {"data":{"lines":2}}
//     build/release/bin/fairlead call --json rooms.lobby.say '{"text":"back"}'
//     {"data":{"lines":3}}
//
// It prints `lobby: ours, with 0 lines`, at "bye" `lobby: stored 2 lines`, then `lobby: ours, with 2 lines`,
// and when it is stopped `lobby: stored 3 lines`. With several instances each room is at one of them, and
// moves when that one is stopped.
#include <fairlead/fairlead.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>

struct Line {
    std::string text;
    FAIRLEAD_FIELDS(text)
};

struct Room {
    int lines = 0;
    FAIRLEAD_FIELDS(lines)
};

struct Ticket {
    int number = 0;
    FAIRLEAD_FIELDS(number)
};

/// In earnest a database that all instances share. Threads: any.
class Store {
public:
    Room load(const fairlead::Lease& lease) {
        const std::lock_guard lock(mutex_);
        Record& record = records_[lease.key];
        record.fence = std::max(record.fence, lease.fence);
        return record.room;
    }
    /// False for one that was the owner before another: it must not undo what that one has done.
    bool save(const fairlead::Lease& lease, const Room& room) {
        const std::lock_guard lock(mutex_);
        Record& record = records_[lease.key];
        if (lease.fence < record.fence) return false;
        record = {room, lease.fence};
        return true;
    }

private:
    struct Record {
        Room room;
        std::uint64_t fence = 0;
    };
    std::mutex mutex_;
    std::map<std::string, Record> records_;
};

/// The rooms of this instance. Threads: any; a room itself is for its one request.
class Rooms {
public:
    void put(const std::string& name, Room room) {
        const std::lock_guard lock(mutex_);
        rooms_[name] = std::make_shared<Room>(room);
    }
    std::shared_ptr<Room> at(const std::string& name) {
        const std::lock_guard lock(mutex_);
        return rooms_.at(name);
    }
    std::shared_ptr<Room> take(const std::string& name) {
        const std::lock_guard lock(mutex_);
        std::shared_ptr<Room> room = rooms_.at(name);
        rooms_.erase(name);
        return room;
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Room>> rooms_;
};

int main() {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    Store store;
    Rooms rooms;
    fairlead::Service service{"rooms", "1.0.0"};

    int last = 0;  // needs no lock: the requests come one after the other
    service.on("tickets.next", [&last](fairlead::Request&) { return Ticket{++last}; }).serial();

    service
        .on("rooms.*.say",
            [&](fairlead::Request& request, Line in) {
                const std::shared_ptr<Room> room = rooms.at(request.lease()->key);
                ++room->lines;
                if (in.text == "bye") service.release("rooms.*.say", request.lease()->key);
                return *room;
            })
        .owner(fairlead::by_segment(1))
        .serial_by(fairlead::by_segment(1))
        .on_acquired([&](const fairlead::Lease& lease) {
            const Room room = store.load(lease);
            rooms.put(lease.key, room);
            std::printf("%s: ours, with %d lines\n", lease.key.c_str(), room.lines);
        })
        .on_lost([&](const fairlead::Lease& lease) {
            const std::shared_ptr<Room> room = rooms.take(lease.key);
            const bool saved = store.save(lease, *room);
            std::printf("%s: %s %d lines\n", lease.key.c_str(), saved ? "stored" : "another one has",
                        room->lines);
        });
    return service.run();
}
