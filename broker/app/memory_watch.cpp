// SPDX-License-Identifier: Apache-2.0
#include "app/memory_watch.h"

#include <utility>

#include "app/memory.h"

namespace fairlead::app {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{100};

}  // namespace

MemoryWatch::MemoryWatch(std::size_t budget, base::Clock& clock, base::Log& log, edge::Admission& admission,
                         std::function<void(std::size_t bytes)> shed)
    : budget_(budget == 0 ? memory_limit() / 100 * 80 : budget),
      clock_(clock),
      log_(log),
      admission_(admission),
      shed_(std::move(shed)),
      overload_(budget_) {
    const std::size_t limit = memory_limit();
    if (budget_ / 4 > limit / 5)
        log_.warning("memory.budget is more than 80 % of the memory there is: the system may end the broker first",
                     {{"budget_bytes", budget_}, {"memory_bytes", limit}});
}

void MemoryWatch::tick() {
    if (clock_.now() < look_at_) return;
    look_at_ = clock_.now() + kBetweenLooks;
    look();
}

void MemoryWatch::look() {
    const Overload::Step before = overload_.step();
    // What the last step has freed counts only when the system has it back.
    if (before != Overload::Step::none) return_free_memory();
    const std::size_t used = resident_bytes();
    const Overload::Step step = overload_.look(used);
    if (step != before) say(used);
    admission_.close_for_memory(step != Overload::Step::none);
    if (overload_.excess() > 0) shed_(overload_.excess());
}

void MemoryWatch::say(std::size_t used) {
    const bool over = overload_.step() == Overload::Step::none;
    const base::LogLevel level = over ? base::LogLevel::info : base::LogLevel::warning;
    log_.write(level, over ? "memory is enough again" : "memory is short",
               {{"used_bytes", used}, {"budget_bytes", budget_}, {"step", name_of(overload_.step())}});
}

}  // namespace fairlead::app
