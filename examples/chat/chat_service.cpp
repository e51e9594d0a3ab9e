// SPDX-License-Identifier: Apache-2.0
// The service of the chat: clients ask it to speak, it publishes in the room's channel. The broker remembers
// what was said and knows who is there; the page asks it by itself.
//     build/release/bin/chat_service        then open http://127.0.0.1:8080
// Off the development profile its channels want these tables, and `topics = ["chat.>"]` in [client]:
//     [[namespace]]
//     name = "chat"
//     subscribe = ["user"]
//     presence = ["user"]
//     join_leave = true
//     history = ["user"]
//     history_size = 100
//     history_age = "24h"
//     [[namespace]]
//     name = "typing"
//     subscribe = ["user"]
#include "chat.h"

int main() {
    fairlead::Service service{"chat", "1.0.0"};
    install_chat(service);
    return service.run();
}
