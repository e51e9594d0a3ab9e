// SPDX-License-Identifier: Apache-2.0
// A test of a service as a user of the installed package would write it, without any framework.
#include <fairlead/fairlead.h>
#include <fairlead/testing.h>

#include <iostream>
#include <string>

int main() {
    fairlead::testing::Broker broker;
    fairlead::Service service{"consumer", "1.0.0", broker.options()};
    service.on("greetings.make", [](fairlead::Request&, std::string name) { return "hello " + name; });
    service.start();
    broker.wait_ready(service);

    auto user = broker.as("user-7");
    const auto greeting = user.call<std::string>("greetings.make", "Ada");
    if (!greeting || *greeting != "hello Ada") {
        std::cerr << (greeting ? *greeting : greeting.error().text()) << '\n';
        return 1;
    }
    std::cout << "a service was tested with the installed kit\n";
    return 0;
}
