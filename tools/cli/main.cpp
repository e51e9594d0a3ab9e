// SPDX-License-Identifier: Apache-2.0
// fairlead: speaks to a broker from the command line. `fairlead --help` says what it can do.
#include <CLI/CLI.hpp>

#include "cli/call.h"
#include "cli/config.h"
#include "cli/keygen.h"
#include "cli/pub.h"
#include "cli/sub.h"
#include "cli/token.h"

namespace {

using namespace fairlead::cli;

constexpr const char* kFooter =
    "Exit status: 0 done, 1 the broker or a service said no, 2 the command line is wrong,\n"
    "3 no connection, 4 no answer in time.\n\n"
    "Examples:\n"
    "  fairlead sub news:eu\n"
    "  fairlead pub news:eu '{\"title\":\"hello\"}'\n"
    "  fairlead call orders.create '{\"sku\":\"tea\",\"qty\":2}'\n"
    "  fairlead pub chat:room --token \"$(fairlead token --user ann)\" --text hello\n"
    "  fairlead token --user ann --channel news:eu --key-file signer.pem";

struct Commands {
    Sub sub;
    Pub pub;
    Call call;
    Token token;
    Keygen keygen;
    Config config;
};

/// Sets up all commands; the one that was given runs from its callback and leaves its exit code.
void add_commands(CLI::App& app, Commands& commands, ExitCode& code) {
    auto* sub = app.add_subcommand("sub", "subscribe to channels and print what comes");
    commands.sub.add_options(*sub);
    sub->callback([&] { code = commands.sub.run(); });
    auto* pub = app.add_subcommand("pub", "publish into a channel");
    commands.pub.add_options(*pub);
    pub->callback([&] { code = commands.pub.run(); });
    auto* call = app.add_subcommand("call", "ask a topic of a service and print the answer");
    commands.call.add_options(*call);
    call->callback([&] { code = commands.call.run(); });
    auto* token = app.add_subcommand("token", "mint a token of a connection or a subscription");
    commands.token.add_options(*token);
    token->callback([&] { code = commands.token.run(); });
    auto* keygen = app.add_subcommand("keygen", "make the key of a broker or a service");
    commands.keygen.add_options(*keygen);
    keygen->callback([&] { code = commands.keygen.run(); });
    auto* config = app.add_subcommand("config", "what a broker makes of a configuration");
    config->require_subcommand(1);
    auto* check = config->add_subcommand("check", "say what is wrong or weak in it");
    commands.config.add_check_options(*check);
    check->callback([&] { code = commands.config.check(); });
    auto* show = config->add_subcommand("show", "print all options in force and where each comes from");
    commands.config.add_show_options(*show);
    show->callback([&] { code = commands.config.show(); });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Speaks to a Fairlead broker"};
    app.require_subcommand(1);
    app.footer(kFooter);
    Commands commands;
    ExitCode code = kDone;
    add_commands(app, commands, code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kDone : kUsage;
    }
    return code;
}
