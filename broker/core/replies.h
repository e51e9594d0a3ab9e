// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "core/hash.h"
#include "core/options.h"
#include "core/request.h"

namespace fairlead::core {

/// What came of requests with an idempotency key, so that asking again does no work again: while one of them
/// is under way, those that are equal wait for its outcome, and afterwards they get the same one, for a time
/// and within a bound of memory. Equal are requests of one service name with one topic and key; the same key
/// with another payload is refused. An outcome that says that trying again may help, or that nobody was
/// there, is not kept.
///
/// Threads: one.
class Replies {
public:
    enum class State : std::uint8_t {
        fresh,    ///< it is to be done, as `work`
        running,  ///< the asker waits
        done,     ///< `outcome`
        differs,  ///< the key is another payload's
        crowded,  ///< too many wait already
    };
    struct Found {
        State state = State::fresh;
        std::uint64_t work = 0;
        const Outcome* outcome = nullptr;  ///< until the next call
    };

    Replies(const Options& options, const Hash& hash)
        : options_(options), hash_(hash), by_name_(0, Hasher{hash}) {}

    /// `asker` waits from here on, where it is fresh or running.
    Found ask(const Request& request, CallId asker, base::Steady now);
    /// The work has its outcome. Those who wait for it, some of whom may have gone.
    std::vector<CallId> settle(std::uint64_t work, const Outcome& outcome, base::Steady now);
    /// Forgets what is too old.
    void tick(base::Steady now);

    std::size_t bytes() const noexcept { return bytes_; }

private:
    struct Entry {
        std::string name;
        std::uint64_t payload = 0;  ///< its hash
        std::vector<CallId> askers;
        std::optional<Outcome> outcome;
        base::Steady until{};
    };
    using Entries = std::list<Entry>;
    struct Hasher {
        Hash hash;
        std::size_t operator()(std::string_view name) const noexcept { return hash(name); }
    };

    void keep(Entries::iterator entry, const Outcome& outcome, base::Steady now);
    void forget(Entries::iterator entry);
    static std::size_t cost(const Entry& entry) noexcept;

    const Options& options_;
    Hash hash_;
    std::uint64_t last_work_ = 0;
    Entries running_;
    Entries done_;                                                             // the oldest stands first
    std::unordered_map<std::string_view, Entries::iterator, Hasher> by_name_;  // views of their names
    std::unordered_map<std::uint64_t, Entries::iterator> by_work_;
    std::size_t bytes_ = 0;  // of done_
};

}  // namespace fairlead::core
