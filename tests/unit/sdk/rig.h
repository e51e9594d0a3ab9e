// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fairlead/fairlead.h>
#include <catch2/catch.hpp>

#include <string>

#include "unit/sdk/gate.h"
#include "unit/sdk/log_lines.h"
#include "unit/sdk/scripted_broker.h"

namespace fairlead::testing {

/// A service and the broker to which it links. Set the service up, then call link().
struct Rig {
    explicit Rig(ServiceOptions wanted = {})
        : service("orders", "1.4.0", [&] {
              wanted.brokers = {broker.address()};
              log.take_from(wanted);
              return wanted;
          }()) {}

    /// Starts the service and welcomes it.
    void link(const wire::Welcome& welcome = ScriptedBroker::welcome()) {
        service.start();
        peer = broker.accept(welcome);
        REQUIRE(service.ready(std::chrono::seconds(10)).ok());
    }

    void request(wire::CallId call, std::string_view topic, std::string_view payload = {},
                 std::chrono::milliseconds deadline = std::chrono::minutes(1)) {
        wire::Request frame;
        frame.call = call;
        frame.topic = topic;
        frame.deadline = deadline;
        broker.send(peer, frame, payload);
    }

    /// Returns when the service has handled all that was sent before.
    void settle() {
        request(999'999, "no.such.topic");
        REQUIRE(broker.expect<wire::Returned>().as<wire::Returned>().call == 999'999);
    }

    LogLines log;
    ScriptedBroker broker;
    std::string peer;
    Service service;
};

}  // namespace fairlead::testing
