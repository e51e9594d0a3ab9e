// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/channels.h"
#include "core/clients.h"
#include "core/counts.h"
#include "core/permissions.h"
#include "core/ports.h"
#include "core/presence.h"
#include "core/recovery.h"
#include "core/request.h"
#include "core/sessions.h"
#include "core/subscriptions.h"
#include "wire/inquiry.h"

namespace fairlead::core {

/// What services may ask the broker itself: who is where, and what was published. Long lists come in pages.
/// Threads: one.
class Inquiries {
public:
    Inquiries(const Options& options, const Ports& ports, const Permissions& permissions, Clients& clients,
              const Channels& channels, const Presence& presence, Subscriptions& subscriptions,
              const Sessions& sessions, std::function<Counts()> counts)
        : counts_(std::move(counts)),
          translator_(ports.translator),
          permissions_(permissions),
          clients_(clients),
          channels_(channels),
          presence_(presence),
          subscriptions_(subscriptions),
          sessions_(sessions),
          recovery_(options, ports.history) {}

    Outcome answer(wire::InquiryKind kind, std::string_view payload);

private:
    Outcome clients_of(const wire::Inquiry& inquiry);
    Outcome presence(const wire::Inquiry& inquiry);
    Outcome presence_stats(const wire::Inquiry& inquiry) const;
    Outcome history(const wire::Inquiry& inquiry);
    Outcome state(const wire::Inquiry& inquiry);
    Outcome counts() const;
    wire::Failure has_presence(std::string_view channel) const;
    std::string msgpack_of(std::string_view json);
    std::string msgpack_of(const Payload& payload);
    void write(const Publication& publication, std::string& out);
    void write(const ClientInfo& info, std::string& out);

    std::function<Counts()> counts_;
    Translator& translator_;
    const Permissions& permissions_;
    Clients& clients_;
    const Channels& channels_;
    const Presence& presence_;
    Subscriptions& subscriptions_;
    const Sessions& sessions_;
    Recovery recovery_;
    wire::InquiryReader reader_;
};

}  // namespace fairlead::core
