// SPDX-License-Identifier: Apache-2.0
#include "testing/record.h"

#include <utility>

namespace fairlead::testing {

void Record::published(const core::PublicationPtr& publication) {
    std::optional<Encoded> ready = encoded(*publication);
    if (!ready) return;
    std::lock_guard lock(mutex);
    publications[publication->channel].all.push_back(std::move(ready->publication));
    changed.notify_all();
}

void Record::emitted(const core::Event& event) {
    Event kept = event_of(event);
    std::lock_guard lock(mutex);
    events[event.topic].all.push_back(std::move(kept));
    changed.notify_all();
}

void Record::write(base::LogLevel level, std::string_view message, base::LogFields fields) noexcept {
    if (level != base::LogLevel::debug) add_line("broker: " + base::format_log_line(message, fields));
}

void Record::add_line(std::string line) {
    std::lock_guard lock(mutex);
    lines.push_back(std::move(line));
}

}  // namespace fairlead::testing
