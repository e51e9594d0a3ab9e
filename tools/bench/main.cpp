// SPDX-License-Identifier: Apache-2.0
// fairlead-bench: load over the real protocol. `fairlead-bench --help` says what it can do.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "bench/echo.h"
#include "bench/floor.h"
#include "bench/scenes.h"
#include "bench/usage.h"

namespace {

using namespace fairlead::bench;

struct Arguments {
    TargetOptions target;
    Repeat repeat;
    double round_seconds = 2;
    double warm_up_seconds = 1;
    bool json = false;
    FanoutOptions fanout;
    RequestOptions request;
    std::size_t idle_clients = 10000;
    std::size_t connect_clients = 2000;
    FloorOptions floor;
    std::size_t sender_sockets = 0;
};

std::string beside_us(const std::string& name) {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

void add_repeat(CLI::App* scene, Arguments& arguments) {
    scene
        ->add_option("--rounds", arguments.repeat.rounds, "rounds; the table shows their median, min and max")
        ->capture_default_str();
    scene->add_option("--duration", arguments.round_seconds, "seconds of each round")->capture_default_str();
    scene->add_option("--warm-up", arguments.warm_up_seconds, "seconds before the first round")
        ->capture_default_str();
    scene->add_flag("--json", arguments.json, "one JSON object instead of a table");
    scene->add_flag("--pin", arguments.target.pin, "broker on core 0, all else on core 1");
}

void add_target(CLI::App* scene, Arguments& arguments) {
    TargetOptions& target = arguments.target;
    auto* broker =
        scene->add_option("--broker", target.broker, "broker program to start [the one beside this]");
    scene->add_option("--config", target.config, "its configuration [the shipped bench.toml]")->needs(broker);
    scene->add_option("--set", target.settings, "further settings for it, section.key=value")->needs(broker);
    scene->add_option("--attach", target.attach, "address of a running broker instead")->excludes(broker);
    scene->add_option("--pid", target.pid, "process of the attached broker, for its CPU and memory");
}

CLI::App* add_fanout(CLI::App& app, Arguments& arguments) {
    auto* scene = app.add_subcommand("fanout", "one publisher, many subscribers of one channel");
    scene->add_option("--subscribers", arguments.fanout.subscribers)->capture_default_str();
    scene->add_option("--payload", arguments.fanout.payload_bytes, "bytes of a publication")
        ->capture_default_str();
    scene->add_option("--window", arguments.fanout.window, "publications on their way at once")
        ->capture_default_str();
    scene->add_option("--batch", arguments.fanout.batch, "publications in one message")
        ->capture_default_str();
    scene->add_option("--rate", arguments.fanout.rate, "publications a second; 0 = as the window lets")
        ->capture_default_str();
    scene->add_option("--channel", arguments.fanout.channel)->capture_default_str();
    add_target(scene, arguments);
    add_repeat(scene, arguments);
    return scene;
}

CLI::App* add_request(CLI::App& app, Arguments& arguments) {
    auto* scene = app.add_subcommand("request", "clients ask a service through the broker");
    scene->add_option("--clients", arguments.request.clients)->capture_default_str();
    scene->add_option("--in-flight", arguments.request.in_flight, "requests outstanding a client")
        ->capture_default_str();
    scene->add_option("--payload", arguments.request.payload_bytes, "bytes of a request")
        ->capture_default_str();
    scene->add_option("--topic", arguments.request.topic)->capture_default_str();
    add_target(scene, arguments);
    add_repeat(scene, arguments);
    return scene;
}

CLI::App* add_floor(CLI::App& app, Arguments& arguments) {
    auto* scene = app.add_subcommand("floor", "a bare send() loop: what the kernel alone costs");
    scene->add_option("--sockets", arguments.floor.sockets)->capture_default_str();
    scene->add_option("--bytes", arguments.floor.bytes, "of one send()")->capture_default_str();
    scene->add_option("--messages", arguments.floor.messages, "send() calls a socket and turn")
        ->capture_default_str();
    add_repeat(scene, arguments);
    return scene;
}

CLI::App* add_crowd(CLI::App& app, Arguments& arguments, const char* name, const char* what,
                    std::size_t& clients) {
    auto* scene = app.add_subcommand(name, what);
    scene->add_option("--clients", clients)->capture_default_str();
    add_target(scene, arguments);
    add_repeat(scene, arguments);
    return scene;
}

std::string command_line(int argc, char** argv) {
    std::string text = "fairlead-bench";
    for (int i = 1; i < argc; ++i)
        text.append(" ").append(argv[i]);
    return text;
}

/// The broker beside us was built with us; of any other we cannot know.
std::string build_of(const TargetOptions& target) {
    const bool built_together = target.attach.empty() && target.broker == beside_us("fairlead-broker");
    return build_type() + std::string(built_together ? "" : ", this program; the broker's is not known");
}

/// What the options leave open: the broker beside us with the shipped configuration.
void complete(Arguments& arguments) {
    using std::chrono::milliseconds;
    TargetOptions& target = arguments.target;
    if (target.broker.empty() && target.attach.empty()) target.broker = beside_us("fairlead-broker");
    if (target.config.empty() && !target.broker.empty()) target.config = beside_us("bench.toml");
    arguments.repeat.duration = milliseconds(static_cast<int>(arguments.round_seconds * 1000));
    arguments.repeat.warm_up = milliseconds(static_cast<int>(arguments.warm_up_seconds * 1000));
    arguments.floor.pin = target.pin;
}

int print(const Report& report, bool json) {
    std::cout << (json ? report.as_json() : report.as_table());
    return report.failed() ? 1 : 0;
}

/// Requests need somebody who answers: behind a broker of our own that is our echo service.
void run_request_scene(Target& target, const Arguments& arguments, Report& report) {
    std::unique_ptr<fairlead::client::Child> service;
    if (!target.backplane().empty()) {
        auto started = start_echo(target, beside_us("fairlead-bench-echo"), arguments.request.topic);
        if (!started) return report.fail(started.error().text);
        service = std::move(*started);
    }
    run_request(target, arguments.request, arguments.repeat, report);
}

void run_scene(const std::string& name, Arguments& arguments, Report& report) {
    auto target = Target::start(arguments.target);
    if (!target) return report.fail(target.error().text);
    target->describe(report);
    if (name == "fanout") run_fanout(*target, arguments.fanout, arguments.repeat, report);
    if (name == "request") run_request_scene(*target, arguments, report);
    if (name == "idle") run_idle(*target, arguments.idle_clients, arguments.repeat, report);
    if (name == "connect") run_connect(*target, arguments.connect_clients, arguments.repeat, report);
    if (report.failed() && !target->log().empty()) report.fail("the broker said:\n" + target->log());
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    CLI::App app{"Load generator for fairlead-broker over the real protocol"};
    app.require_subcommand(1);
    add_fanout(app, arguments);
    add_request(app, arguments);
    add_crowd(app, arguments, "idle", "memory of the broker a connected client", arguments.idle_clients);
    add_crowd(app, arguments, "connect", "CPU of the broker a connect", arguments.connect_clients);
    const auto* floor = add_floor(app, arguments);
    auto* sender = app.add_subcommand("floor-sender", "")->group("");  // our own other half
    sender->add_option("--sockets", arguments.sender_sockets)->required();
    CLI11_PARSE(app, argc, argv);
    if (sender->parsed()) return run_floor_sender(arguments.sender_sockets);

    complete(arguments);
    if (arguments.target.pin && !pin_to_core(1)) std::cerr << "cannot pin to core 1\n";
    const std::string name = app.get_subcommands().front()->get_name();
    Report report("fairlead-bench " + name);
    report.note("machine", machine());
    report.note("build", build_of(arguments.target));
    report.note("command", command_line(argc, argv));
    if (floor->parsed()) {
        run_floor(arguments.floor, arguments.repeat, report);
    } else {
        run_scene(name, arguments, report);
    }
    return print(report, arguments.json);
}
