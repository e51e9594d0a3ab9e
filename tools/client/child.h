// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "client/descriptor.h"
#include "client/result.h"

namespace fairlead::client {

/// A program that we started; it ends with this object, and with us if we die first. What it writes (stdout
/// and stderr together) is kept. Threads: any; a thread of its own reads the output.
class Child {
public:
    /// `command` is the program's path and its arguments; `core` pins it to one core.
    static Result<std::unique_ptr<Child>> start(const std::vector<std::string>& command,
                                                std::optional<int> core = std::nullopt);
    /// SIGTERM, and SIGKILL after 5 seconds.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const { return pid_; }
    /// Waits until the output holds `text`; false when the time or the program ends first.
    bool wait_for_output(std::string_view text, std::chrono::milliseconds timeout);
    /// What it wrote until now.
    std::string output() const;
    void signal(int number) const;
    /// Waits for its end and gives the exit status, 128 + signal for one killed; nothing in case of a
    /// timeout.
    std::optional<int> wait_exit(std::chrono::milliseconds timeout);

private:
    Child(pid_t pid, Descriptor output);
    void read_output();

    pid_t pid_;
    std::optional<int> status_;
    Descriptor pidfd_;
    Descriptor pipe_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string output_;  // guarded by mutex_
    bool ended_ = false;  // guarded by mutex_: the output has its end
    std::thread reader_;
};

}  // namespace fairlead::client
