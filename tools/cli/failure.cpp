// SPDX-License-Identifier: Apache-2.0
#include "cli/failure.h"

#include <iostream>
#include <string>

namespace fairlead::cli {
namespace {

using client::Fault;

ExitCode code_of(Fault fault) {
    switch (fault) {
        case Fault::refused:
            return kRefused;
        case Fault::timeout:
            return kTooLate;
        case Fault::malformed:
            return kUsage;
        default:
            return kUnreachable;
    }
}

std::string_view advice_for(const client::Error& error) {
    const auto says = [&](std::string_view part) { return error.text.find(part) != std::string::npos; };
    if (says("Connection refused")) return "is the broker running? --url says where it listens";
    if (says("HTTP 404"))
        return "the path of --url is not the broker's; its default is /connection/websocket";
    if (says("HTTP 403")) return "the broker does not allow this Origin";
    if (says("3500")) return "the token does not fit the broker's secret, or was changed";
    if (says("3507")) return "the broker wants a token: fairlead token --user NAME, then --token";
    if (says("109")) return "the token is too old: make a new one with fairlead token";
    return {};
}

std::string_view advice_for(std::uint32_t code) {
    switch (code) {
        case 102:
            return "the broker's configuration has no such namespace: see [[namespace]]";
        case 103:
            return "the broker's configuration does not grant it";
        case 104:
            return "no running service has registered that topic, or what it was asked for is not there";
        case 111:
            return "try again in a moment";
        default:
            return {};
    }
}

void print(std::string_view doing, const std::string& what, std::string_view advice) {
    std::cerr << "fairlead: " << doing << ": " << what << '\n';
    if (!advice.empty()) std::cerr << "  " << advice << '\n';
}

}  // namespace

ExitCode report(std::string_view doing, const client::Error& error) {
    print(doing, error.text, advice_for(error));
    return code_of(error.fault);
}

ExitCode report(std::string_view doing, const client::ReplyError& error) {
    print(doing, "error " + std::to_string(error.code) + ": " + error.message, advice_for(error.code));
    return kRefused;
}

ExitCode report_usage(std::string_view text) {
    std::cerr << "fairlead: " << text << '\n';
    return kUsage;
}

}  // namespace fairlead::cli
