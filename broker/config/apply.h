// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "config/config.h"
#include "config/source.h"

namespace fairlead::config {

/// Lays one source after another over a configuration and collects what is wrong with them.
/// Threads: one.
class Application {
public:
    explicit Application(Config& config) : config_(config) {}

    /// Values that are wrong leave what was there.
    void apply(const Source& source);

    const Problems& problems() const noexcept { return problems_; }

    /// "section.key" of all that was wrong, so that checks do not report what follows from it.
    const std::set<std::string>& failed() const noexcept { return failed_; }

private:
    void apply_entry(const Entry& entry, const std::string& folder);
    void apply_tables(const Source& source);
    void refuse(const std::string& where, const std::string& name, std::string what);
    void refuse_section(const std::string& where, const std::string& section, std::string what);

    Config& config_;
    Problems problems_;
    std::set<std::string> failed_;
    std::set<std::string> refused_sections_;
};

}  // namespace fairlead::config
