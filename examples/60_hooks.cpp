// SPDX-License-Identifier: Apache-2.0
// A login by hook: clients bring name and password with their connect command, and no token is needed.
//
// Run it beside a broker that asks hooks, and try to get in:
//
//     build/release/bin/fairlead-broker --set hook.connect=true &
//     build/release/bin/60_hooks &
//     build/release/bin/fairlead pub --connect-data '{"name":"ada","password":"tea"}' room:lobby '"hi"'
//     published into room:lobby
//     build/release/bin/fairlead pub --connect-data '{"name":"ada","password":"gin"}' room:lobby '"hi"'
//     fairlead: connect: connect: error 1401 wrong name or password
//
// With the SDK in a page it is `new Centrifuge(url, { data: { name: 'ada', password: 'tea' } })`. Where a namespace has
// `hook` in its `publish` list, the broker asks what may be published as well.
#include <fairlead/fairlead.h>

#include <string>

struct Login {
    std::string name, password;
    FAIRLEAD_FIELDS(name, password)
};

static void install(fairlead::Service& service) {
    service.on_connect([](const fairlead::ConnectQuestion& question) -> fairlead::Result<fairlead::ConnectAnswer> {
        const auto login = question.data.to<Login>();
        if (!login || login->name != "ada" || login->password != "tea")
            return fairlead::fail(1401, "wrong name or password");
        fairlead::ConnectAnswer answer;
        answer.user = login->name;
        answer.info = fairlead::Value::map({{"name", "Ada"}});  // other clients see it beside her publications
        answer.channels = {"room:lobby"};                       // and she is subscribed to that
        return answer;
    });
    service.on_publish("room", [](const fairlead::PublishQuestion& question) {
        if (!question.data.is_string()) return fairlead::PublishAnswer::deny(1422, "texts only");
        fairlead::PublishAnswer answer;
        answer.data = fairlead::Value::map({{"from", question.caller.user}, {"text", question.data}});
        return answer;
    });
}

int main() {
    fairlead::Service service{"login", "1.0.0"};
    install(service);
    return service.run();
}
