// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "backplane/counts.h"
#include "backplane/dispatch.h"
#include "backplane/door.h"
#include "backplane/events.h"
#include "backplane/feeds.h"
#include "backplane/intake.h"
#include "backplane/links.h"
#include "backplane/liveness.h"
#include "backplane/options.h"
#include "backplane/outbound.h"
#include "backplane/registry.h"
#include "backplane/services.h"
#include "backplane/strangers.h"
#include "base/clock.h"
#include "base/log.h"

namespace fairlead::backplane {

/// What the gateway is made of, put together in the order in which the parts need each other.
/// Threads: one, core's.
struct Parts {
    Parts(const Options& from, const base::Clock& a_clock, base::Log& a_log, Door& door,
          std::function<void()> want_turn)
        : options(from),
          clock(a_clock),
          log(a_log),
          intake(options, clock, log, links, counts),
          outbound(options, clock, door, links, liveness, counts, std::move(want_turn)) {}

    /// What could not leave over one link.
    void give_to_others(Outbound::Unsent unsent) {
        for (core::CallId call : unsent.calls)
            dispatch.unsent(call);
        for (EventCopy& copy : unsent.events)
            events.unsent(std::move(copy));
    }

    const Options options;
    const base::Clock& clock;
    base::Log& log;
    Counts counts;
    Links links;
    Intake intake;
    Services services{options.services};
    Strangers strangers{clock};
    Registry registry{options, log};
    Liveness liveness{options, clock};
    Outbound outbound;
    Dispatch dispatch{options, clock, log, registry, outbound};
    Events events{options, clock, log, outbound};
    Feeds feeds{clock, log, outbound};
};

}  // namespace fairlead::backplane
