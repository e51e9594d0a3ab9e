// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "core/slow_reader.h"
#include "edge/frame.h"
#include "edge/outbox.h"

namespace fairlead::edge {

struct Context;
class Session;

/// How a client lags that does not read, and what becomes of its publications. It is asked only while the
/// kernel takes no more for the client. A client lags from half of its budget, or from the first publication
/// that it does not get, until its queue has drained.
///
/// In a channel that can be recovered each policy but `disconnect` is the same: the first publication that
/// finds no room leaves a gap, and nothing more of the channel is queued until the client has come back to
/// it, so that what it has is a beginning without holes. Threads: the connection's edge thread.
class Lag {
public:
    /// What belongs to the client.
    struct Client {
        Context& context;
        Session& session;
        Outbox& outbox;
    };
    enum class Fate : std::uint8_t {
        queue,    ///< there is room
        settled,  ///< conflated or dropped
        close,    ///< the client is to be closed for it
    };

    /// The kernel takes no more, again or for the first time.
    void blocked(const Client& client);
    /// A publication has come; makes room for it if its policy wants that.
    Fate judge(const Client& client, const FramePtr& frame);
    /// Lets the oldest data that may give way do so until the queue costs `most`; false = it costs more.
    bool shrink(const Client& client, std::size_t most);
    /// Something was queued that is no publication.
    void grown(const Client& client);
    /// The client is about to be closed for not reading, and core is told; `channel` 0 = for no channel's
    /// data.
    void closing(const Client& client, std::uint64_t channel);

    /// The kernel has taken some: ends the lag if the queue has drained, and tells core of the gaps.
    void flushed(const Client& client) {
        if (lagging_) end_if_drained(client);
    }
    /// The client is gone, or closing.
    void stop(Context& context);

private:
    bool late(const Client& client);
    void begin(const Client& client);
    void end_if_drained(const Client& client);
    void acted(const Client& client, std::uint64_t channel, core::SlowReader act);
    void tell(const Client& client, std::uint64_t channel, core::SlowReader act);
    void drop(const Client& client, const Frame& frame);
    void open_gap(const Client& client, std::uint64_t channel);
    void tell_gaps(const Client& client);

    base::Steady since_{};    // what stands before Mark::age waits since then at least
    base::Steady told_at_{};  // when core was told last
    std::uint32_t dropped_ = 0;
    bool lagging_ = false;
    bool told_ = false;  // in this lag, or too shortly before it
    bool gaps_ = false;
};

}  // namespace fairlead::edge
