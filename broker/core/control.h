// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/admission.h"
#include "core/reached.h"

namespace fairlead::core {

/// What services and operators do to clients from outside.
/// Threads: one.
class Control {
public:
    Control(Edges& edges, Clients& clients, Admission& admission)
        : edges_(edges), clients_(clients), admission_(admission) {}

    Reached push(std::string_view client_id, Payload&& data);
    Reached disconnect_client(std::string_view client_id, std::uint16_t code, std::string_view reason);
    Reached disconnect_user(std::string_view user, std::uint16_t code, std::string_view reason);
    /// All whose token was verified with this key; how many.
    std::uint32_t disconnect_key(std::string_view key_id);
    void disconnect_all(std::uint16_t code, std::string_view reason);

private:
    Edges& edges_;
    Clients& clients_;
    Admission& admission_;
};

}  // namespace fairlead::core
