// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <fairlead/caller.h>
#include <fairlead/revocation.h>

#include "base/clock.h"
#include "base/timer_wheel.h"
#include "src/pending.h"

namespace fairlead::detail {

/// A publication, event, push, disconnect or revocation until its acknowledgement. Made by the sending thread, then the
/// I/O thread's.
struct SendState {
    enum class Kind : std::uint8_t {
        publication,
        event,
        push,
        disconnect,
        subscribe,
        unsubscribe,
        keep,
        revoke
    };

    Kind kind = Kind::publication;
    std::string name;  ///< channel, topic, client id, or what is revoked
    std::string user;  ///< the user whose clients are meant
    std::string channel;  ///< subscribe, unsubscribe
    RevocationKind revoke = RevocationKind::user;
    std::chrono::milliseconds remember{0};
    Headers pairs;     ///< tags or headers
    std::string key;
    std::uint64_t version = 0;
    std::string idempotency;
    std::string trace;
    std::uint32_t code = 0;
    std::string reason;
    std::string payload;
    base::Steady deadline{};
    std::shared_ptr<Pending> pending;
    std::size_t bytes = 0;         ///< counted against ServiceOptions::queue_bytes until it is sent
    std::size_t window_bytes = 0;  ///< counted against the broker's byte window

    std::uint64_t id = 0;
    base::TimerId timer = 0;
    bool sent = false;
};

}  // namespace fairlead::detail
