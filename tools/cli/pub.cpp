// SPDX-License-Identifier: Apache-2.0
#include "cli/pub.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include "cli/failure.h"

namespace fairlead::cli {

void Pub::add_options(CLI::App& command) {
    command.add_option("channel", channel, "channel to publish into")->required();
    command.add_option("data", data, "the payload as JSON; - takes one from each line of stdin")->required();
    command.add_flag("--text", text, "the payload is text, sent as a JSON string");
    command.add_flag("--json", json, "print the answers as JSON");
    connection.add_options(command);
}

ExitCode Pub::publish(client::Client& client, std::string_view argument) const {
    const auto payload = payload_of(argument, text);
    if (!payload) return report_usage(payload.error().text);
    const auto reply = client.publish(channel, *payload);
    if (!reply) return report("publish into " + channel, reply.error());
    if (json) std::cout << reply->text() << '\n';
    if (reply->error().code != 0) return report("publish into " + channel, reply->error());
    if (!json) std::cout << "published into " << channel << '\n';
    return kDone;
}

ExitCode Pub::run() const {
    if (data != "-") {
        // A wrong argument is said before anything is opened.
        if (const auto payload = payload_of(data, text); !payload) return report_usage(payload.error().text);
    }
    auto client = connection.open();
    if (!client) return report("connect", client.error());
    ExitCode code = kDone;
    if (data != "-") {
        code = publish(*client, data);
    } else {
        for (std::string line; code == kDone && std::getline(std::cin, line);)
            code = publish(*client, line);
    }
    client->close();
    return code;
}

}  // namespace fairlead::cli
