// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "audit/history.h"
#include "audit/pace.h"
#include "audit/subscriber.h"
#include "support/broker.h"
#include "support/temporary_file.h"

namespace fairlead::audit {

class Closer;

/// A channel of a run, and the rules of its namespace.
struct Rules {
    const char* name_space;
    std::uint8_t flags;   ///< as in the record of the channel
    const char* options;  ///< further lines of its [[namespace]] table
    int channels;
};

/// All namespaces of a run. One for another policy of slow readers is one line more: kDrops where such a
/// reader stays and misses something.
const std::vector<Rules>& rules();

/// A real broker, services in processes of their own that publish, and subscribers; everything that they
/// recorded lies in one folder. Threads: one at a time.
class Stage {
public:
    /// Services do not publish before allow().
    Stage(int threads, std::uint32_t seed);
    /// The records stay where they are if `keep_records` was called.
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// Whether calm() was called, or rest() has not returned: who is in trouble comes back.
    bool calms_down() { return resting_ || pace_.page().over; }
    /// Services may begin so many publications in all.
    void allow(std::uint64_t publications) { pace_.page().limit = publications; }
    /// How many they began.
    std::uint64_t taken() { return pace_.page().taken; }

    std::vector<std::unique_ptr<Subscriber>>& subscribers() { return subscribers_; }
    std::size_t services() const { return services_.size(); }

    void kill_broker();
    void kill_service(std::size_t which);
    /// True when it stands still.
    bool stop_service(std::size_t which);
    void continue_service(std::size_t which);

    /// Has services wait, sees to it that all subscribers are back and have what was published last in each
    /// channel, and asks the broker for its counts. Throws std::runtime_error if it does not come to that.
    void rest();
    /// Waits until services have ended and all subscribers are back, publishes last in each channel, and
    /// waits until all have that and the broker has said its counts. Throws std::runtime_error if it does not
    /// come to that.
    void calm();
    /// What all recorded. Only after calm().
    History history() const;

    void keep_records() { keep_ = true; }
    void remove_records() { keep_ = false; }
    const std::filesystem::path& folder() const { return folder_; }

private:
    void record_channels();
    void begin_subscribers();
    void start_service(std::size_t which);
    std::string record(const std::string& name) const { return (folder_ / (name + ".log")).string(); }
    void grant_one();
    void grant_more();
    void bring_to_rest();
    bool publish_last();
    bool take_counts();
    std::uint32_t subscribers_of(const std::string& channel) const;

    std::uint32_t seed_;
    std::filesystem::path folder_;
    bool keep_ = false;
    std::atomic<bool> resting_{false};
    Pace pace_;
    std::vector<std::string> channels_;
    support::TemporaryFile config_;
    std::vector<std::string> options_;
    std::unique_ptr<support::Broker> broker_;
    std::unique_ptr<Recorder> recorder_;  ///< of what the stage does and asks
    std::unique_ptr<Closer> closer_;      ///< once there was a rest
    std::uint32_t last_publisher_ = 0;
    std::vector<std::unique_ptr<client::Child>> services_;
    std::vector<std::uint32_t> numbers_;  ///< of services
    std::vector<std::unique_ptr<Subscriber>> subscribers_;
};

}  // namespace fairlead::audit
