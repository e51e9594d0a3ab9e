// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "core/ports.h"

namespace fairlead::core {

/// Stamps session events and hands them to Services. A generation is larger than all before it, those of an
/// earlier run of the broker too as long as the wall clock does not go back.
///
/// Threads: one.
class Teller {
public:
    explicit Teller(const Ports& ports)
        : clock_(ports.clock), services_(ports.services), last_(microseconds()) {}

    bool listens(Subjects subjects) const { return services_.listens(subjects); }

    void tell(SessionEvent&& event) { services_.tell(stamped(std::move(event))); }

    SessionEvent stamped(SessionEvent&& event) {
        event.generation = ++last_;
        event.time = static_cast<std::int64_t>(microseconds() / 1000);
        return std::move(event);
    }

private:
    std::uint64_t microseconds() const {
        const auto now = clock_.wall().time_since_epoch();
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    }

    const base::Clock& clock_;
    Services& services_;
    std::uint64_t last_;
};

}  // namespace fairlead::core
