// SPDX-License-Identifier: Apache-2.0
#include "app/process.h"

#include <algorithm>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <thread>

namespace fairlead::app {
namespace {

constexpr std::size_t kReservedDescriptors = 64;
constexpr std::size_t kDefaultMaxClients = 20'000;

}  // namespace

void forbid_core_dumps() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
#ifndef FAIRLEAD_SANITIZED
    // The limit does not hold where the kernel hands cores to a program such as systemd-coredump.
    ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kReservedDescriptors * 2;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<std::size_t>(limit.rlim_cur);
}

std::size_t clients_that_fit(std::size_t wanted, std::size_t descriptors) {
    std::size_t room = descriptors > kReservedDescriptors ? descriptors - kReservedDescriptors : 1;
    return std::min(wanted == 0 ? kDefaultMaxClients : wanted, room);
}

unsigned edge_threads(unsigned wanted) {
    if (wanted > 0) return wanted;
    unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    return cores <= 2 ? 1 : cores - 1;
}

}  // namespace fairlead::app
