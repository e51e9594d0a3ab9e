// SPDX-License-Identifier: Apache-2.0
// A whole service: it answers `hello.greet`.
//
// Run it beside a broker on its defaults, then ask it:
//
//     build/release/bin/fairlead-broker &
//     build/release/bin/10_hello_service &
//     build/release/bin/fairlead call hello.greet '{"name":"Ada"}'
//
// The answer: {"text":"Hello, Ada!"}
#include <fairlead/fairlead.h>

#include <string>

struct Name {
    std::string name;
    FAIRLEAD_FIELDS(name)
};

struct Greeting {
    std::string text;
    FAIRLEAD_FIELDS(text)
};

int main() {
    fairlead::Service service{"hello", "1.0.0"};

    service.on("hello.greet", [](fairlead::Request&, Name in) -> fairlead::Result<Greeting> {
        if (in.name.empty()) return fairlead::fail(1400, "who are you?");
        return Greeting{"Hello, " + in.name + "!"};
    });

    return service.run();
}
