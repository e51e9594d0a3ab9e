// SPDX-License-Identifier: Apache-2.0
#include "auth/key_fetcher.h"

#include <exception>
#include <utility>

namespace fairlead::auth {

KeyFetcher::KeyFetcher(const Options& options, const base::Clock& clock, base::Log& log, Sink sink)
    : clock_(clock),
      log_(log),
      sink_(std::move(sink)),
      download_({options.jwks_url, options.jwks_ca_file, options.jwks_insecure_http, std::chrono::seconds(5),
                 kMaxJwksBytes}),
      schedule_(options.jwks_refresh, options.jwks_max_age, clock.now()),
      thread_([this] { run(); }) {}

KeyFetcher::~KeyFetcher() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    download_.stop();
    wake_.notify_one();
    thread_.join();
}

void KeyFetcher::want() noexcept {
    const std::lock_guard lock(mutex_);
    if (schedule_.want(clock_.now())) wake_.notify_one();
}

void KeyFetcher::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const base::Steady now = clock_.now();
        if (schedule_.take_stale(now)) {
            lock.unlock();
            log_.error("the keys of tokens are too old and no longer used");
            sink_({{}, true});
            lock.lock();
        } else if (schedule_.due(now)) {
            schedule_.started(now);
            lock.unlock();
            fetch();
            lock.lock();
        } else {
            wake_.wait_for(lock, schedule_.next() - now);
        }
    }
}

void KeyFetcher::fetch() {
    Jwks set = read();
    const std::size_t keys = set.keys.size();
    const bool fetched = set.fault.empty();
    if (fetched) sink_({std::move(set.keys), false});
    const std::lock_guard lock(mutex_);
    schedule_.ended(clock_.now(), fetched);
    if (!stopping_) report(set.fault, keys, set.ignored);
}

Jwks KeyFetcher::read() {
    Jwks set;
    try {
        Download::Result result = download_.run();
        if (result.fault.empty()) return Jwks::parse(result.body, "jwks_url");
        set.fault = std::move(result.fault);
    } catch (const std::exception& error) {
        set.fault = error.what();
    }
    return set;
}

// Each change once, so that an endpoint that is away for a day is one line.
void KeyFetcher::report(const std::string& fault, std::size_t keys, std::size_t ignored) {
    if (!fault.empty()) {
        if (!failing_) log_.warning("the keys of tokens cannot be fetched", {{"why", fault}});
    } else if (failing_ || keys != reported_) {
        log_.info("keys of tokens fetched", {{"keys", keys}, {"ignored", ignored}});
        reported_ = keys;
    }
    failing_ = !fault.empty();
}

}  // namespace fairlead::auth
