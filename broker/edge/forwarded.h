// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "edge/address.h"
#include "edge/network.h"

namespace fairlead::edge {

/// Who is behind `peer`, by the `X-Forwarded-For` that came with it: read from the right, where each trusted proxy has
/// appended what it saw, the first address that is not a trusted proxy's counts. What stands left of it is the client's
/// own word. A peer that is not trusted is itself, and so is the last trusted one before an item that is no address.
/// Threads: any.
IpAddress client_behind(const IpAddress& peer, std::string_view forwarded_for, const Networks& trusted);

}  // namespace fairlead::edge
