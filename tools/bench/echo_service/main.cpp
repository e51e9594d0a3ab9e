// SPDX-License-Identifier: Apache-2.0
// fairlead-bench-echo: the service behind `fairlead-bench request`. Answers each request with its own
// payload.
//     fairlead-bench-echo BROKER TOPIC
#include <fairlead/fairlead.h>

#include <iostream>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: fairlead-bench-echo BROKER TOPIC\n";
        return 2;
    }
    fairlead::ServiceOptions options;
    options.brokers = {argv[1]};
    fairlead::Service service{"bench", "1", options};
    // A wide window: what is measured is the broker, not its waiting for us.
    service.on(argv[2], [](fairlead::Request&, fairlead::Raw in) { return in; }).window(4096);
    return service.run();
}
