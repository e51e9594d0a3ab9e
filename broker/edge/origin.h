// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fairlead::edge {

/// Which pages may open a connection. An entry is `scheme://host[:port]`, compared exactly after lower-casing and
/// without the scheme's default port; port `*` stands for any. An empty list allows only pages of the same host and
/// port as the request's Host. No Origin at all (native clients) is allowed; `null` never is.
/// Threads: any once built.
class OriginList {
public:
    /// Throws std::invalid_argument that names an entry which is no origin.
    explicit OriginList(const std::vector<std::string>& entries);

    bool allows(std::string_view origin, std::string_view host) const;

private:
    struct Entry {
        std::string scheme;
        std::string host;
        std::string port;  // "*" = any
    };
    static bool parse(std::string_view text, Entry& entry);

    std::vector<Entry> entries_;
};

}  // namespace fairlead::edge
