// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "backplane/links.h"
#include "base/clock.h"

namespace fairlead::backplane {

/// Peers without a link: whom we just spoke to, and whom we do not hear for a while. Bounded, whatever they
/// do. Threads: one, core's.
class Strangers {
public:
    explicit Strangers(const base::Clock& clock) : clock_(clock) {}

    /// Whether the peer may be asked or told something now: each one now and then, all together so many.
    bool may_answer(std::string_view routing_id);

    void ban(std::string_view routing_id, std::chrono::milliseconds time);
    bool is_banned(std::string_view routing_id) const;

    /// Forgets what is over.
    void tick();

private:
    static constexpr std::size_t kMost = 4096;
    static constexpr std::chrono::milliseconds kPause{250};

    const base::Clock& clock_;
    ByRoute<base::Steady> quiet_until_;
    ByRoute<base::Steady> banned_until_;
};

}  // namespace fairlead::backplane
