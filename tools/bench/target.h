// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/report.h"
#include "client/child.h"
#include "client/url.h"

namespace fairlead::bench {

struct TargetOptions {
    std::string broker;                 // program to start; empty = attach
    std::string config;                 // TOML file for it
    std::vector<std::string> settings;  // further --set section.key=value
    std::string attach;                 // WebSocket address of a running broker
    pid_t pid = 0;                      // its process; 0 = its CPU time and memory stay unknown
    bool pin = false;                   // broker on core 0, we and the service on core 1
};

/// The broker under test: one that we start on free ports, or a running one. Ends what it started.
/// Threads: one.
class Target {
public:
    static client::Result<Target> start(const TargetOptions& options);

    const client::Url& url() const { return url_; }
    pid_t pid() const { return pid_; }
    /// Where services connect; empty when attached.
    const std::string& backplane() const { return backplane_; }
    std::optional<int> service_core() const { return pin_ ? std::optional<int>(1) : std::nullopt; }
    std::optional<int> broker_core() const { return pin_ ? std::optional<int>(0) : std::nullopt; }
    /// What the broker wrote; for reports of failures.
    std::string log() const { return child_ ? child_->output() : std::string(); }
    /// Command and configuration of the broker.
    void describe(Report& report) const;

private:
    Target() = default;
    client::Result<void> launch(const TargetOptions& options);

    std::unique_ptr<client::Child> child_;
    client::Url url_;
    std::string backplane_;
    pid_t pid_ = 0;
    bool pin_ = false;
    std::vector<std::string> command_;
    std::string config_;
};

}  // namespace fairlead::bench
