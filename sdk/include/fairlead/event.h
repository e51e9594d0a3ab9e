// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <fairlead/caller.h>
#include <fairlead/export.h>

namespace fairlead {

/// What a listener learns about an event beside its payload. At most once: it is not repeated when it is
/// lost. Threads: any may read it while the listener runs; copy what is to last.
class FAIRLEAD_EXPORT Event {
public:
    Event(std::string topic, std::string group, Caller caller, Headers headers, std::string trace);

    std::string_view topic() const noexcept { return topic_; }
    /// The group that this copy is for.
    std::string_view group() const noexcept { return group_; }
    /// The service that emitted it, or the client whose `send` it is.
    const Caller& caller() const noexcept { return caller_; }
    const Headers& headers() const noexcept { return headers_; }
    /// The header of that name, or empty.
    std::string_view header(std::string_view name) const noexcept;
    /// W3C `traceparent`; empty = none.
    std::string_view trace() const noexcept { return trace_; }

private:
    std::string topic_;
    std::string group_;
    Caller caller_;
    Headers headers_;
    std::string trace_;
};

}  // namespace fairlead
