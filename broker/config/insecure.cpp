// SPDX-License-Identifier: Apache-2.0
#include "config/insecure.h"

#include "config/address.h"
#include "config/value.h"

namespace fairlead::config {
namespace {

constexpr std::string_view kInsecure = "insecure";
constexpr std::string_view kConfirmed = "_confirmed";

bool is_insecure(const Row& row) {
    return row.key.find(kInsecure) != std::string_view::npos && !row.key.ends_with(kConfirmed);
}

std::string shown(std::string_view name, const std::string& address) {
    return std::string(name) + " = " + in_quotes(address);
}

std::string public_backplane(const backplane::Options& options) {
    for (const auto& text : options.listen) {
        const auto address = parse_backplane_address(text);
        if (address.value && !address.value->loopback) return shown("backplane.listen", text);
    }
    for (const auto& text : options.previous_listen) {
        const auto address = parse_backplane_address(text);
        if (address.value && !address.value->loopback) return shown("backplane.previous_listen", text);
    }
    return {};
}

std::string public_websocket(const edge::Options& options) {
    const auto address = parse_address(options.listen);
    return address.value && !address.value->loopback ? shown("websocket.listen", options.listen)
                                                     : std::string{};
}

}  // namespace

std::vector<const Row*> insecure_switches() {
    std::vector<const Row*> rows;
    for (const Row& row : table()) {
        if (is_insecure(row)) rows.push_back(&row);
    }
    return rows;
}

const Row* confirmation_of(const Row& insecure) {
    return find_row(insecure.section, std::string(insecure.key) + std::string(kConfirmed));
}

bool is_on(const Config& config, const Row& insecure) {
    return std::get<bool>(insecure.get(config));
}

bool is_confirmed(const Config& config, const Row& insecure) {
    const Row* confirmation = confirmation_of(insecure);
    return confirmation != nullptr && std::get<bool>(confirmation->get(config));
}

std::string public_listener(const Config& config, const Row& insecure) {
    return insecure.section == "backplane" ? public_backplane(config.backplane)
                                           : public_websocket(config.edge);
}

}  // namespace fairlead::config
