// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backplane/parts.h"
#include "core/broker.h"

namespace fairlead::backplane {

/// Ends links: what they had is settled by the rules or given to others, and core is told. And the lesser
/// evil: links that do not read get nothing more until they do. Threads: one, core's.
class Departures {
public:
    explicit Departures(Parts& parts) : parts_(parts) {}

    void attach(core::Broker& broker) noexcept { broker_ = &broker; }

    /// Somebody may have been silent for too long: settle() looks who.
    void suspect_silence() noexcept { silence_ = true; }

    /// Ends what has to end. Only after all input was read: an answer or a sign of life in it changes the
    /// matter.
    void settle();

    /// After a flush. Requests and events of links that do not read go to others; those that read again get
    /// what waits.
    void share_out();

private:
    void find_silent();
    void end(Link& link);
    void log(const Link& link);

    Parts& parts_;
    core::Broker* broker_ = nullptr;
    bool silence_ = false;
};

}  // namespace fairlead::backplane
