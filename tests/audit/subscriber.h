// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "audit/history.h"
#include "client/client.h"

namespace fairlead::audit {

/// What may be done to a subscriber.
enum class Trouble : std::uint8_t {
    none,
    reset,   ///< its connection ends with a reset
    shut,    ///< it ends in order, as TCP sees it
    freeze,  ///< it reads nothing for a while
    slow,    ///< it reads slowly for a while
    leave,   ///< it unsubscribes from a channel, and subscribes again
};

/// A client that keeps its subscriptions as the SDKs do: it remembers its place in each stream, connects
/// again whenever its connection ends, asks for what it missed, and subscribes again when the broker ended a
/// subscription and wants it to come back. It records all that it sees. Threads: any; a thread of its own
/// reads.
class Subscriber {
public:
    struct Options {
        std::string url;
        std::string record;  // path
        std::uint32_t number = 0;
        std::vector<std::string> channels;
        std::uint32_t last_publisher = 0;   ///< who publishes what comes last in each channel
        std::function<void()> on_delivery;  ///< may be empty; both are called by its thread
        std::function<void()> on_idle;      ///< nothing came for about 100 ms; may be empty
    };

    explicit Subscriber(Options options);
    ~Subscriber();
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    /// False if it still has another. A freeze ends when `is_over` says so.
    bool trouble(Trouble trouble, std::function<bool()> is_over = {});
    /// Waits until it has no trouble and all its subscriptions.
    bool wait_settled(std::chrono::milliseconds timeout);
    /// Waits until it has read that one or a later one of those that come last, live, in this channel.
    bool wait_last(const std::string& channel, std::uint32_t seq, std::chrono::milliseconds timeout);
    /// It records that it has seen the end of its channels, and ends. False if it is not in all of them.
    bool finish();

    const std::vector<std::string>& channels() const { return options_.channels; }

private:
    struct Place {
        bool subscribed = false;
        bool recoverable = false;
        std::string epoch;
        std::uint64_t offset = 0;
    };

    void run();
    void turn();
    void connect();
    void subscribe();
    bool subscribe(const std::string& channel, Place& place);
    void begin(const std::string& channel, Place& place, const client::JsonValue& result);
    void read();
    void read_rest();
    bool read_one(std::chrono::milliseconds timeout);
    void take(const client::Reply& push);
    void deliver(const std::string& channel, const client::JsonValue& publication, std::uint8_t flags);
    void unsubscribed(const std::string& channel, std::uint32_t code);
    void lose(std::uint32_t code);

    void suffer();
    void cut(bool reset);
    void freeze();
    void dawdle();
    void leave();
    void tell_idle(bool idle);
    void tell_settled(bool settled);
    Line line(Kind kind, std::string_view channel = {}) const;

    Options options_;
    Recorder recorder_;
    std::mt19937 random_;
    std::optional<client::Client> client_;
    std::uint32_t session_ = 0;
    std::map<std::string, Place> places_;
    int idle_turns_ = 0;

    std::atomic<bool> over_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    Trouble trouble_ = Trouble::none;  // guarded by mutex_, as what follows
    std::function<bool()> is_over_;
    bool settled_ = false;
    std::map<std::string, std::uint32_t> last_;
    std::thread thread_;
};

}  // namespace fairlead::audit
