// SPDX-License-Identifier: Apache-2.0
#include "src/host_system.h"

#include "src/line_zmq.h"

namespace fairlead::detail {
namespace {

int wait_ms(base::Steady due) {
    if (due == base::Steady::max()) return -1;
    const base::Steady now = std::chrono::steady_clock::now();
    if (due <= now) return 0;
    // Rounded up, so that it is due when we wake.
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(due - now).count());
}

}  // namespace

std::unique_ptr<Line> HostSystem::connect(const std::string& broker, const LinkKeys& keys,
                                          std::size_t attempt) {
    return std::make_unique<LineZmq>(context_, broker, keys, attempt);
}

void HostSystem::wait(std::vector<pollfd>& descriptors, base::Steady due) {
    ::poll(descriptors.data(), descriptors.size(), wait_ms(due));
}

}  // namespace fairlead::detail
