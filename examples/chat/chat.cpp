// SPDX-License-Identifier: Apache-2.0
#include "chat.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include <fairlead/fairlead.h>

struct Say {
    std::string room, text;
    std::string id;  // made by the page: what is said twice with it is said once
    FAIRLEAD_FIELDS(room, text)
    FAIRLEAD_DEFAULTED(id)
};
struct Message {
    std::string name, text, id;
    std::int64_t time = 0;  // Unix milliseconds
    FAIRLEAD_FIELDS(name, text, id, time)
};
struct Where {
    std::string room;
    FAIRLEAD_FIELDS(room)
};
struct Typing {
    std::string name;
    FAIRLEAD_FIELDS(name)
};
struct Room {
    std::string name;
    std::uint32_t people = 0;
    FAIRLEAD_FIELDS(name, people)
};

static const std::array<std::string, 3> kRooms{"lobby", "harbour", "workshop"};

static bool is_room(const std::string& name) {
    return std::find(kRooms.begin(), kRooms.end(), name) != kRooms.end();
}

static std::int64_t now_ms() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

// Whether that can be said, and if not, why.
static fairlead::Result<void> check(const Say& in) {
    if (!is_room(in.room)) return fairlead::fail(1404, "no such room");
    if (in.text.find_first_not_of(" \t\r\n") == std::string::npos)
        return fairlead::fail(1422, "nothing was said");
    if (in.text.size() > 4000) return fairlead::fail(1422, "text: at most 4000 bytes");
    if (in.id.size() > 64) return fairlead::fail(1422, "id: at most 64 bytes");
    return {};
}

void install_chat(fairlead::Service& service) {
    service.on("chat.rooms", [&service](fairlead::Request&) -> fairlead::Result<std::vector<Room>> {
        std::vector<Room> rooms;
        for (const std::string& name : kRooms) {
            const auto stats = service.channel("chat:" + name).presence_stats();
            if (!stats) return stats.error();
            rooms.push_back({name, stats->users});
        }
        return rooms;
    });

    service.on("chat.say",
               [&service](fairlead::Request& request, const Say& in) -> fairlead::Result<Message> {
                   const std::string& user = request.caller().user;
                   if (user.empty()) return fairlead::fail("unauthorized");
                   if (auto fine = check(in); !fine) return fine.error();
                   const Message message{user, in.text, in.id, now_ms()};
                   fairlead::PublishOptions options;
                   if (!in.id.empty()) options.idempotency(user + ' ' + in.id);
                   if (auto sent = service.channel("chat:" + in.room).publish(message, options).wait(); !sent)
                       return sent.error();
                   return message;
               });

    // In a channel of its own, so that it takes no place among what was said.
    service.on("chat.typing",
               [&service](fairlead::Request& request, const Where& in) -> fairlead::Result<void> {
                   if (request.caller().user.empty()) return fairlead::fail("unauthorized");
                   if (!is_room(in.room)) return fairlead::fail(1404, "no such room");
                   service.channel("typing:" + in.room).publish(Typing{request.caller().user});
                   return {};
               });
}
