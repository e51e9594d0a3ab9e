// SPDX-License-Identifier: Apache-2.0
#include "cli/sub.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include "cli/failure.h"
#include "cli/stop_signal.h"
#include "client/json.h"

namespace fairlead::cli {
namespace {

using client::Fault;
using client::JsonValue;
using client::member;

constexpr std::chrono::milliseconds kLook{200};  // for a stop signal

std::string describe_publication(const JsonValue& publication) {
    std::string out;
    if (const auto offset = client::number_of(publication, "offset"); offset != 0) {
        out += " #" + std::to_string(offset);
    }
    if (const JsonValue* info = member(publication, "info")) {
        const std::string user = client::text_of(*info, "user");
        out += " from " + (user.empty() ? client::text_of(*info, "client") : user);
    }
    if (const JsonValue* data = member(publication, "data")) out += " " + client::to_text(*data);
    return out;
}

/// Prints until `count` pushes came, a stop signal, or the end of the connection.
ExitCode print_pushes(client::Client& client, std::uint64_t count, bool json) {
    for (std::uint64_t printed = 0; count == 0 || printed < count;) {
        if (stop_requested()) break;
        const auto push = client.next_push(kLook);
        if (!push && push.error().fault == Fault::timeout) continue;
        if (!push) return report("sub", push.error());
        std::cout << (json ? client::to_text(*push->push()) : describe(*push)) << std::endl;
        ++printed;
    }
    client.close();
    return kDone;
}

}  // namespace

std::string describe(const client::Reply& push) {
    const std::string channel = push.channel().empty() ? "(message)" : push.channel();
    if (const JsonValue* publication = push.publication())
        return channel + describe_publication(*publication);
    std::string rest = " ";
    for (const auto& part : push.push()->GetObject()) {
        const std::string name = part.name.GetString();
        if (name != "channel") rest += name + " " + client::to_text(part.value);
    }
    return channel + rest;
}

void Sub::add_options(CLI::App& command) {
    command.add_option("channels", channels, "channels to subscribe to")->required();
    command.add_option("--count", count, "end after so many; 0 = never")->capture_default_str();
    command.add_flag("--json", json, "print each push as JSON");
    connection.add_options(command);
}

ExitCode Sub::run() const {
    catch_stop_signals();
    auto client = connection.open();
    if (!client) return report("connect", client.error());
    for (const auto& channel : channels) {
        const auto reply = client->subscribe(channel);
        if (!reply) return report("subscribe to " + channel, reply.error());
        if (reply->error().code != 0) return report("subscribe to " + channel, reply->error());
        std::cerr << "subscribed to " << channel << '\n';
    }
    return print_pushes(*client, count, json);
}

}  // namespace fairlead::cli
