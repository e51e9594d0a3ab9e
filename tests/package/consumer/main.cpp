// SPDX-License-Identifier: Apache-2.0
// A service as a user of the installed SDK would write it; it is built up and thrown away, never started.
#include <fairlead/fairlead.h>

#include <chrono>
#include <iostream>
#include <string>

struct Greeting {
    std::string name;
    FAIRLEAD_FIELDS(name)
};

int main() {
    fairlead::Service service{"consumer", "1.0.0"};
    service
        .on("greetings.make",
            [](fairlead::Request&, Greeting in) -> fairlead::Result<Greeting> {
                if (in.name.empty()) return fairlead::fail(1422, "who?");
                return Greeting{"hello " + in.name};
            })
        .timeout(std::chrono::seconds{2})
        .window(8);
    std::cout << "built against the installed SDK\n";
    return 0;
}
