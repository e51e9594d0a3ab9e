// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "audit/stage.h"

namespace fairlead::audit {

/// What is done to a run.
enum class Act : std::uint8_t {
    reset,         ///< a client's connection, by the client
    shut,          ///< the same in order
    freeze,        ///< a client reads nothing for a moment
    freeze_long,   ///< until its queue should be full
    slow,          ///< a client reads slowly
    leave,         ///< a client unsubscribes and comes back
    kill_service,  ///< SIGKILL, and a new one
    stop_service,  ///< SIGSTOP for a moment
    hang_service,  ///< SIGSTOP for longer than services may be silent
    kill_broker,   ///< SIGKILL, and a new one
};
constexpr std::size_t kActs = 10;

const char* word_of(Act act);

/// Chooses what goes wrong and when, by chance: the seed decides. Acts follow the number of publications, not
/// the clock, so that a slow machine sees as many. Threads: one.
class Nemesis {
public:
    Nemesis(Stage& stage, std::uint32_t seed) : stage_(stage), random_(seed) {}

    /// Returns when services have begun so many publications. Nothing is stopped or frozen then.
    void run(std::uint64_t publications);
    /// The same with nothing that ends a connection or a process.
    void run_gently(std::uint64_t publications);

    /// "12 reset, 3 freeze, ...".
    std::string text() const;
    std::uint64_t count(Act act) const { return counts_[static_cast<std::size_t>(act)]; }

private:
    void go_on(std::uint64_t publications);
    Act choose();
    void act(Act act);
    bool do_to_client(Act act);
    void do_to_process(Act act);
    void kill_broker();
    bool trouble_somebody(Trouble trouble, std::uint64_t publications);
    void wait_for(std::uint64_t publications);
    void allow(std::uint64_t publications);
    void end_hang();

    Stage& stage_;
    std::mt19937 random_;
    std::uint64_t end_ = 0;
    bool gentle_ = false;
    std::vector<Act> deck_;
    std::array<std::uint64_t, kActs> counts_{};
    struct Hang {
        std::size_t service = 0;
        std::chrono::steady_clock::time_point until;
    };
    std::optional<Hang> hang_;
};

}  // namespace fairlead::audit
