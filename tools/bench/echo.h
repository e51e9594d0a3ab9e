// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "bench/target.h"
#include "client/child.h"

namespace fairlead::bench {

/// Starts the echo service (`program`, see echo_service/main.cpp) behind a broker that we started, and waits
/// until the broker passes requests of `topic` on to it. It ends with the child. Threads: one.
client::Result<std::unique_ptr<client::Child>> start_echo(const Target& target, const std::string& program,
                                                          const std::string& topic);

}  // namespace fairlead::bench
