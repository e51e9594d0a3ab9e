// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "backplane/dispatch.h"
#include "backplane/options.h"
#include "backplane/outlet.h"
#include "backplane/registry.h"
#include "base/clock.h"
#include "base/log.h"
#include "wire/frame.h"

/// What the tests of the parts without sockets share. Threads: one.
namespace fairlead::backplane::test {

class KeptLog final : public base::Log {
public:
    bool enabled(base::LogLevel) const noexcept override { return true; }
    void write(base::LogLevel, std::string_view message, base::LogFields fields) noexcept override {
        lines.push_back(base::format_log_line(message, fields));
    }
    bool has(std::string_view text) const { return count(text) > 0; }
    std::size_t count(std::string_view text) const {
        std::size_t found = 0;
        for (const std::string& line : lines)
            found += line.find(text) != std::string::npos ? 1 : 0;
        return found;
    }
    std::vector<std::string> lines;
};

/// Writes down what the parts send and settle.
class RecordedOutlet final : public Outlet {
public:
    struct Sent {
        core::LinkId link;
        core::CallId call;
        std::string topic;
        std::uint32_t attempt;
    };
    struct Lease {
        core::LinkId link;
        std::string key;
        std::uint64_t fence;
        bool held;
        std::size_t requests;  ///< sent before
    };
    struct Copy {
        core::LinkId link;
        std::string group;
        std::string topic;
    };

    bool send_request(Instance& instance, const Pending& pending) override {
        if (pending.request.trace == "unsendable") return false;
        requests.push_back({instance.link, pending.request.call, pending.request.topic, pending.attempts});
        return true;
    }
    void send_cancel(Instance& instance, core::CallId call) override {
        cancels.emplace_back(instance.link, call);
    }
    bool send_event(Instance& instance, const EventCopy& copy) override {
        if (copy.event->trace == "unsendable") return false;
        events.push_back({instance.link, *copy.group, copy.event->topic});
        return true;
    }
    void settle(core::CallId call, core::Outcome&& outcome) override {
        outcomes.emplace_back(call, std::move(outcome));
    }
    void send_lease(Instance& instance, const wire::Lease& lease) override {
        leases.push_back({instance.link, std::string(lease.key), lease.fence, lease.held, requests.size()});
    }

    const wire::Failure& failure(std::size_t index) const {
        return std::get<wire::Failure>(outcomes.at(index).second);
    }

    std::vector<Sent> requests;
    std::vector<std::pair<core::LinkId, core::CallId>> cancels;
    std::vector<Lease> leases;
    std::vector<Copy> events;
    std::vector<std::pair<core::CallId, core::Outcome>> outcomes;
};

/// A UUID that ends in `number`.
inline std::string uuid(unsigned number) {
    std::string digits = std::to_string(number);
    return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

inline wire::Greeting greeting(std::string_view service, std::string_view instance,
                               std::vector<wire::Endpoint> endpoints = {}) {
    wire::Greeting frame;
    frame.service = service;
    frame.version = "1.0";
    frame.instance = instance;
    frame.endpoints = std::move(endpoints);
    return frame;
}

inline wire::Endpoint endpoint(std::string_view topic, std::uint32_t window = 64, bool idempotent = false) {
    wire::Endpoint frame;
    frame.topic = topic;
    frame.window = window;
    frame.idempotent = idempotent;
    return frame;
}

/// Registry and dispatch with a clock that stands still.
struct Rig {
    Options options;
    base::ManualClock clock;
    KeptLog log;
    Registry registry{options, log};
    RecordedOutlet outlet;
    Dispatch dispatch{options, clock, log, registry, outlet};
    core::CallId last_call = core::CallId{7} << 48;

    /// A fresh instance of `service` with number `number` of its UUID.
    Instance& join(std::string_view service, unsigned number, std::vector<wire::Endpoint> endpoints) {
        std::string id = uuid(number);
        Greeted greeted = registry.greet(greeting(service, id, std::move(endpoints)), 0);
        dispatch.greeted(*greeted.instance);
        return *greeted.instance;
    }

    core::Routed ask(std::string_view topic, std::string payload = "\xc0") {
        core::Request request;
        request.call = ++last_call;
        request.topic = topic;
        request.payload = std::move(payload);
        return dispatch.request(std::move(request));
    }

    /// What the gateway does when a link ends and all of its batch had left.
    void die(Instance& instance) {
        registry.detach(instance);
        dispatch.leaving(instance);
        dispatch.lost(instance);
        dispatch.rebalance();
        registry.prune();
        registry.erase(instance);
        dispatch.deliver();
    }
};

}  // namespace fairlead::backplane::test
