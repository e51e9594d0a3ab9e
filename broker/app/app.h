// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/signal_set.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/ebb.h"
#include "app/loop.h"
#include "app/memory_watch.h"
#include "app/random_openssl.h"
#include "auth/token_verifier_jwt.h"
#include "backplane/gateway.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "config/config.h"
#include "config/load.h"
#include "core/broker.h"
#include "edge/edge.h"
#include "edge/tls_identity.h"
#include "edge/translator.h"
#include "engine/history_memory.h"

namespace fairlead::app {

/// The broker: joins the rooms and runs them. Core and backplane have the loop of the calling thread; with
/// one edge thread the edge shares it, else each edge has a thread and a loop of its own. The same mailboxes
/// lie between either way. Threads: one, the one that calls run().
class App {
public:
    /// Listens on everything. Throws std::exception with a text for people when something cannot be had.
    /// `load` reads the configuration anew, for SIGHUP.
    App(config::Config config, base::Log& log, std::function<config::Loaded()> load);
    ~App();

    /// Until SIGTERM or SIGINT: the first one tells clients (3001) and lets them go, a second one ends at
    /// once. SIGHUP takes over a changed configuration, as a whole or, when anything in it is wrong, not at
    /// all.
    void run();

    const std::string& websocket_address() const { return edges_.front()->address(); }
    std::vector<std::string> backplane_addresses() const { return gateway_.bound_endpoints(); }

private:
    std::unique_ptr<edge::TlsIdentity> tls_identity();
    void add_edges();
    void start_threads();
    void await_signal();
    void on_signal(int signal);
    void reload();
    bool fits_what_stays(const config::Config& next);
    void warn_of_insecure_settings();
    /// Ends the clients whose tokens these keys have signed. Threads: any.
    void withdraw_keys(std::vector<std::string> names);
    /// Has each edge thread give up its part of so many queued bytes.
    void shed(std::size_t bytes);
    /// Runs `act(edge, loop)` on each edge's thread.
    template <typename Act>
    void on_edges(Act act);
    void begin_stop();
    void tick();
    void end();

    config::Config config_;
    const std::function<config::Loaded()> load_;
    base::Log& log_;
    base::SystemClock clock_;
    RandomOpenssl random_;
    const unsigned threads_;
    Loop loop_;
    std::vector<std::unique_ptr<Loop>> edge_loops_;  // empty when the edge shares loop_
    base::Mailbox<core::FromEdge> to_core_;
    auth::TokenVerifierJwt tokens_;
    edge::Shared shared_;
    edge::Translator translator_;
    engine::HistoryMemory history_;
    backplane::Gateway gateway_;
    std::vector<std::unique_ptr<edge::Edge>> edges_;
    std::unique_ptr<core::Broker> broker_;
    MemoryWatch memory_;
    asio::signal_set signals_;
    std::vector<std::thread> edge_threads_;
    Ebb ebb_;
    bool stopping_ = false;
    base::Steady stop_by_{};
};

}  // namespace fairlead::app
