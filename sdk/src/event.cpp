// SPDX-License-Identifier: Apache-2.0
#include <fairlead/event.h>

#include "src/headers.h"

namespace fairlead {

Event::Event(std::string topic, std::string group, Caller caller, Headers headers, std::string trace)
    : topic_(std::move(topic)),
      group_(std::move(group)),
      caller_(std::move(caller)),
      headers_(std::move(headers)),
      trace_(std::move(trace)) {}

std::string_view Event::header(std::string_view name) const noexcept {
    return detail::find_header(headers_, name);
}

}  // namespace fairlead
