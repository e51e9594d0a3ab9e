// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zmq.hpp>

#include "src/host.h"

namespace fairlead::detail {

/// The machine itself: its clock, poll(), and ZeroMQ. Threads: as said of Host.
class HostSystem final : public Host {
public:
    base::Steady now() const override { return std::chrono::steady_clock::now(); }
    std::unique_ptr<Line> connect(const std::string& broker, const LinkKeys& keys,
                                  std::size_t attempt) override;
    void wait(std::vector<pollfd>& descriptors, base::Steady due) override;

private:
    zmq::context_t context_{1};
};

}  // namespace fairlead::detail
