// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "auth/download.h"
#include "auth/fetch_schedule.h"
#include "auth/jwks.h"
#include "auth/keyring.h"
#include "auth/options.h"
#include "base/clock.h"
#include "base/log.h"

namespace fairlead::auth {

/// Keeps the keys of a URL up to date, on a thread of its own: nobody else ever waits for the other side.
/// Keys stay when a fetch fails, until they are too old. Threads: any.
class KeyFetcher {
public:
    /// What was fetched, or that what was fetched is too old by now.
    struct News {
        Keyring keys;
        bool too_old = false;
    };
    using Sink = std::function<void(News&&)>;

    /// `sink` is called on the fetcher's thread. Throws std::invalid_argument for a URL that may not be
    /// fetched.
    KeyFetcher(const Options& options, const base::Clock& clock, base::Log& log, Sink sink);
    /// Ends a fetch that is under way.
    ~KeyFetcher();

    /// A token names a key that nobody knows.
    void want() noexcept;

private:
    void run();
    void fetch();
    Jwks read();
    void report(const std::string& fault, std::size_t keys, std::size_t ignored);

    const base::Clock& clock_;
    base::Log& log_;
    const Sink sink_;
    Download download_;
    std::mutex mutex_;
    std::condition_variable wake_;
    FetchSchedule schedule_;  // under mutex_
    bool stopping_ = false;   // under mutex_
    bool failing_ = false;    // of the thread alone, as all below
    std::size_t reported_ = 0;
    std::thread thread_;
};

}  // namespace fairlead::auth
