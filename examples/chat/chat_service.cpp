// SPDX-License-Identifier: Apache-2.0
// The service of the chat: clients ask it to speak, it publishes in the room's channel.
//     build/release/bin/chat_service        then open http://127.0.0.1:8080
#include <fairlead/fairlead.h>

struct Say {
    std::string room, text;
    FAIRLEAD_FIELDS(room, text)
};
struct Where {
    std::string room;
    FAIRLEAD_FIELDS(room)
};
struct Message {
    std::string name, text;
    FAIRLEAD_FIELDS(name, text)
};
struct Typing {
    std::string typing;
    FAIRLEAD_FIELDS(typing)
};

static bool is_room(const std::string& room) {
    return room == "lobby" || room == "harbour" || room == "workshop";
}

int main() {
    fairlead::Service service{"chat", "1.0.0"};
    service.on("chat.say", [&](fairlead::Request& request, const Say& in) -> fairlead::Result<Message> {
        if (!is_room(in.room)) return fairlead::fail(1404, "no such room");
        if (in.text.empty() || in.text.size() > 4000) return fairlead::fail(1422, "text: 1 to 4000 bytes");
        if (request.caller().user.empty()) return fairlead::fail("unauthorized");
        Message message{request.caller().user, in.text};
        if (auto sent = service.channel("chat:" + in.room).publish(message).wait(); !sent) return sent.error();
        return message;
    });
    service.on("chat.typing", [&](fairlead::Request& request, const Where& in) -> fairlead::Result<void> {
        if (!is_room(in.room)) return fairlead::fail(1404, "no such room");
        if (request.caller().user.empty()) return fairlead::fail("unauthorized");
        service.channel("chat:" + in.room).publish(Typing{request.caller().user});
        return {};
    });
    return service.run();
}
