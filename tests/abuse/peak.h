// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <iostream>
#include <thread>

#include "abuse/raw.h"

namespace fairlead::support {

/// The most that a process holds while this object lives.
class Peak {
public:
    explicit Peak(pid_t pid)
        : before_(resident_bytes(pid)), most_(before_), thread_([this, pid] {
              while (!ended_) {
                  most_ = std::max(most_.load(), resident_bytes(pid));
                  std::this_thread::sleep_for(std::chrono::milliseconds(2));
              }
          }) {}
    ~Peak() { stop(); }
    std::size_t growth() {
        stop();
        std::cout << "the broker has grown by " << (most_ - before_) / 1024 << " KiB\n";
        return most_ - before_;
    }

private:
    void stop() {
        ended_ = true;
        if (thread_.joinable()) thread_.join();
    }
    const std::size_t before_;
    std::atomic<std::size_t> most_;
    std::atomic<bool> ended_{false};
    std::thread thread_;
};

}  // namespace fairlead::support
