// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "edge/options.h"
#include "edge/ticket_keys.h"
#include "edge/tls_context.h"

namespace fairlead::edge {

/// The certificate that new connections get, and its change while the broker runs: connections that are keep theirs. A
/// pair that is no good changes nothing.
/// Threads: current(), any; all else, one.
class TlsIdentity {
public:
    /// Throws std::runtime_error that says what is wrong with the files.
    TlsIdentity(const Options& options, const base::Clock& clock, base::Log& log);

    std::shared_ptr<const TlsContext> current() const;

    /// Reads the files again. False: the old certificate stays, and `why` says what is wrong.
    bool reload(std::string& why);

    /// Every few seconds: reads the files again once they have changed and are still, and warns once a day when the
    /// certificate has less than two weeks left.
    void look();

    /// Whole days until the certificate in force expires; negative: it has.
    std::int64_t days_left() const;

private:
    std::vector<std::uint64_t> stamps() const;
    void say(const TlsContext& context);

    const Options options_;
    const base::Clock& clock_;
    base::Log& log_;
    TicketKeys tickets_;
    std::vector<std::uint64_t> loaded_;  // stamps of the files when they were read last
    std::vector<std::uint64_t> seen_;    // when they were looked at last
    base::Steady look_at_{};
    base::Steady warn_at_{};
    mutable std::mutex mutex_;  // guards current_
    std::shared_ptr<const TlsContext> current_;
};

/// What is wrong with the files of these options; empty = nothing. Without TLS there are none.
std::string tls_fault(const Options& options, base::Wall now);

}  // namespace fairlead::edge
