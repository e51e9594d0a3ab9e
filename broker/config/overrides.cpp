// SPDX-License-Identifier: Apache-2.0
#include "config/source.h"

namespace fairlead::config {

Source read_overrides(const std::vector<std::string>& overrides) {
    Source source;
    for (const auto& text : overrides) {
        const auto equals = text.find('=');
        const auto name = std::string_view(text).substr(0, equals);
        const auto dot = name.find('.');
        if (equals == std::string::npos || dot == std::string_view::npos || dot == 0 ||
            dot + 1 == name.size()) {
            source.problems.push_back({"--set " + in_quotes(text), "is not section.key=value"});
            continue;
        }
        source.entries.push_back({std::string(name.substr(0, dot)), std::string(name.substr(dot + 1)),
                                  Untyped{text.substr(equals + 1)}, "--set"});
    }
    return source;
}

}  // namespace fairlead::config
