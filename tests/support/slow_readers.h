// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/temporary_file.h"

namespace fairlead::support {

/// A configuration with a namespace for each policy of slow readers, named as the policy: channels such as
/// `drop_oldest:1`. `more` goes into [client], `namespace_more` into each namespace. Threads: any.
inline TemporaryFile policies_config(std::string_view more = {}, std::string_view namespace_more = {}) {
    std::string text = "[client]\nanonymous = true\n" + std::string(more);
    for (const std::string policy : {"disconnect", "drop_oldest", "drop_newest", "conflate"}) {
        text += "\n[[namespace]]\nname = \"" + policy + "\"\nsubscribe = [\"anyone\"]\nslow_reader = \"" +
                policy + "\"\n" + std::string(namespace_more);
    }
    return TemporaryFile(text);
}

}  // namespace fairlead::support
