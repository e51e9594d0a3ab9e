// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/from_edge.h"
#include "core/ports.h"
#include "edge/options.h"
#include "testing/guest.h"

namespace fairlead::testing {

/// The edge of clients that are here: no WebSocket, and what they get is what its text would say.
/// Threads: post(), has_room() and deliveries(), core's; the rest any.
class EdgeMemory final : public core::EdgePort {
public:
    /// `to_core` takes what is for core, from any thread.
    EdgeMemory(const edge::Options& options, const base::Clock& clock,
               std::function<void(core::FromEdge&&)> to_core);

    void post(core::ToEdge&& message) override;
    bool has_room() const override { return true; }
    core::Deliveries deliveries() const override { return {}; }

    std::shared_ptr<Guest> add();

    /// The next number of a command; its outcome comes to Guest::commands. A client that was closed has its
    /// outcome at once.
    std::uint32_t begin(Guest& guest);

    void stop_reading(Guest& guest);
    void read_again(Guest& guest);
    void leave(Guest& guest);

    std::mutex mutex;                 ///< guards the guests
    std::condition_variable changed;  ///< told when any of them has read anything

private:
    using Arrive = std::function<void()>;
    struct Post;

    Guest* find(const core::ClientKey& key);
    void answer(Guest& guest, std::uint32_t id, Result<std::string> outcome);
    void give(Guest& guest, Delivery&& delivery);
    void give(Guest& guest, std::size_t text_bytes, Arrive arrive);
    void close(Guest& guest, std::uint32_t code, const std::string& reason);
    void deliver(const core::Publication& publication);
    void tell(Guest& guest, const Delivery& delivery, core::SlowReader act);

    // What the client does as it reads.
    void enter(Guest& guest, const std::string& channel, const core::StreamState* stream, bool own);
    void take(Guest& guest, Publication&& publication);
    void dropped(Guest& guest, const std::string& channel, std::uint32_t code);

    const edge::Options options_;
    const base::Clock& clock_;
    const std::function<void(core::FromEdge&&)> to_core_;
    std::vector<std::shared_ptr<Guest>> guests_;  // by slot
};

}  // namespace fairlead::testing
