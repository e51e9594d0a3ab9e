// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/table.h"

/// The switches that weaken: flags of the table whose names hold `insecure`. Each has a second switch beside
/// it,
/// `..._confirmed`, without which it counts only while its listener is on loopback: that of services for
/// switches of [backplane], that of clients for all others.
///
/// Threads: any.
namespace fairlead::config {

/// All of them, their confirmations left out.
std::vector<const Row*> insecure_switches();

/// The row that confirms an insecure switch; nullptr if the table lacks it.
const Row* confirmation_of(const Row& insecure);

/// Whether an insecure switch is set, and whether it is confirmed.
bool is_on(const Config& config, const Row& insecure);
bool is_confirmed(const Config& config, const Row& insecure);

/// The listener off loopback that an insecure switch concerns, as `websocket.listen = "0.0.0.0:8000"`; empty
/// if it is on loopback.
std::string public_listener(const Config& config, const Row& insecure);

}  // namespace fairlead::config
