// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "support/parties.h"

namespace fairlead::support {

/// Starts victim_service behind the broker and waits until it was taken; throws with its output otherwise.
/// Threads: any.
std::unique_ptr<client::Child> start_victim(const Broker& broker);

/// Asks victim.echo until it answers; false when it does not. For services that come back by themselves.
bool echoes(client::Client& client);

}  // namespace fairlead::support
