// SPDX-License-Identifier: Apache-2.0
#include "core/debts.h"

#include <arpa/inet.h>

#include <chrono>

namespace fairlead::core {
namespace {

constexpr std::chrono::seconds kBetweenTidying{1};

std::string network_of(const std::string& address) {
    in6_addr six{};
    if (::inet_pton(AF_INET6, address.c_str(), &six) != 1) return address;
    for (std::size_t i = 8; i < sizeof six.s6_addr; ++i)
        six.s6_addr[i] = 0;
    char text[INET6_ADDRSTRLEN];
    return ::inet_ntop(AF_INET6, &six, text, sizeof text);
}

}  // namespace

bool Debts::too_high(const std::string& who, base::Steady now) const {
    const auto found = debts_.find(who);
    return found != debts_.end() && found->second.too_high(now);
}

void Debts::add(const std::string& who, double cost, double per_second, base::Steady now) {
    debts_[who].add(cost, per_second, now);
}

void Debts::tick(base::Steady now) {
    if (now < tidy_at_) return;
    tidy_at_ = now + kBetweenTidying;
    std::erase_if(debts_, [&](const auto& each) { return each.second.paid(now); });
}

std::string payer_of(std::string_view user, std::string_view address, std::string_view client) {
    if (!user.empty()) return "user " + std::string(user);
    if (address.empty() || address.starts_with("127.") || address == "::1")
        return "client " + std::string(client);
    return "address " + network_of(std::string(address));
}

}  // namespace fairlead::core
