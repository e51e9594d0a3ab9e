// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "src/host.h"
#include "testing/switchboard.h"

namespace fairlead::testing {

/// What services run on in a test: the test's clock, and connections that lead to the switchboard. From
/// stop() on a service has a time that runs, so that stop() ends as it would elsewhere. Threads: as said of
/// Host.
class HostMemory final : public detail::Host {
public:
    HostMemory(std::shared_ptr<Clock> clock, std::shared_ptr<Switchboard> board)
        : clock_(std::move(clock)), board_(std::move(board)) {}

    base::Steady now() const override;
    std::unique_ptr<detail::Line> connect(const std::string& broker, const detail::LinkKeys& keys,
                                          std::size_t attempt) override;
    void wait(std::vector<pollfd>& descriptors, base::Steady due) override;

    void begin(std::function<bool()> idle) override;
    void leaving() override;
    void end() noexcept override;
    void pool_ran_dry() override;

private:
    void nap(std::vector<pollfd>& descriptors, base::Steady due) const;

    const std::shared_ptr<Clock> clock_;
    const std::shared_ptr<Switchboard> board_;
};

}  // namespace fairlead::testing
