// SPDX-License-Identifier: Apache-2.0
#include "config/development.h"

namespace fairlead::config {

std::string_view development_text() {
    return R"(# The development profile of Fairlead: what a start without --config lays over the defaults.
# Everybody is let in and may do everything, so every listener off loopback is refused.

[websocket]
listen = "127.0.0.1:8000"
allowed_origins = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*",
                   "https://localhost:*", "https://127.0.0.1:*", "https://[::1]:*"]

[client]
anonymous = true
topics = [">"]

[backplane]
listen = ["tcp://127.0.0.1:7000"]

[[namespace]]
name = ""
subscribe = ["anyone"]
publish = ["anyone"]
presence = ["anyone"]
history = ["anyone"]
history_size = 100
history_age = "1h"
join_leave = true

[[namespace]]
name = "*"
subscribe = ["anyone"]
publish = ["anyone"]
presence = ["anyone"]
history = ["anyone"]
history_size = 100
history_age = "1h"
join_leave = true
)";
}

}  // namespace fairlead::config
