// SPDX-License-Identifier: Apache-2.0
#include "app/app.h"

#include <asio/post.hpp>
#include <csignal>
#include <utility>

#include "app/process.h"
#include "app/version.h"
#include "wire/error.h"

namespace fairlead::app {
namespace {

constexpr std::chrono::seconds kFlushAtStop{2};
constexpr std::size_t kCoreMailboxEntries = 64 * 1024;

config::Config with_version(config::Config config) {
    config.backplane.version = kVersion;
    return config;
}

}  // namespace

App::App(config::Config config, base::Log& log)
    : config_(with_version(std::move(config))),
      log_(log),
      threads_(edge_threads(config_.edge.threads)),
      to_core_(kCoreMailboxEntries, [this] { loop_.want_turn(); }),
      tokens_(config_.auth, {clock_, log_, nullptr}),
      shared_(config_.edge, kVersion, clients_that_fit(config_.edge.max_clients, raise_descriptor_limit()), threads_),
      gateway_(loop_.io(), config_.backplane, clock_, log_, [this] { loop_.want_turn(); }),
      signals_(loop_.io(), SIGTERM, SIGINT, SIGHUP) {
    add_edges();
    std::vector<core::EdgePort*> ports;
    for (auto& edge : edges_) ports.push_back(edge.get());
    broker_ = std::make_unique<core::Broker>(config_.core, core::Ports{clock_, log_, random_, gateway_, std::move(ports)});
    gateway_.attach(*broker_);
}

App::~App() {
    for (auto& loop : edge_loops_) loop->stop();
    for (std::thread& thread : edge_threads_) thread.join();
}

// Core before gateway before edge: what one part makes the next one sends in the same round.
void App::add_edges() {
    loop_.add([this] { return to_core_.drain([this](core::FromEdge&& message) { broker_->handle(std::move(message)); }); },
              [this] { tick(); });
    loop_.add([this] { return gateway_.on_turn(); }, [this] { gateway_.tick(); });
    std::string address = config_.edge.listen;
    for (unsigned i = 0; i < threads_; ++i) {
        if (threads_ > 1) edge_loops_.push_back(std::make_unique<Loop>());
        Loop& loop = threads_ > 1 ? *edge_loops_.back() : loop_;
        edges_.push_back(std::make_unique<edge::Edge>(
            loop.io(), static_cast<core::EdgeIndex>(i), shared_, address, i > 0,
            edge::Edge::Outside{clock_, log_, tokens_, random_, to_core_, [&loop] { loop.want_turn(); }}));
        address = edges_.back()->address();  // a port that was free is the port of all
        edge::Edge& edge = *edges_.back();
        loop.add([&edge] { return edge.on_turn(); }, [&edge] { edge.tick(); });
    }
}

void App::start_threads() {
    for (auto& loop : edge_loops_) edge_threads_.emplace_back([&loop] { loop->run(); });
}

void App::run() {
    await_signal();
    start_threads();
    loop_.run();
}

void App::await_signal() {
    signals_.async_wait([this](const asio::error_code& error, int signal) {
        if (error) return;
        if (signal == SIGHUP) {
            log_.warning("nothing is reloaded in this version: restart to change the configuration");
        } else if (stopping_) {
            log_.warning("stopped at once");
            return end();
        } else {
            begin_stop();
        }
        await_signal();
    });
}

void App::begin_stop() {
    stopping_ = true;
    stop_by_ = clock_.now() + kFlushAtStop;
    log_.info("stopping", {{"clients", shared_.admission.clients()}});
    for (std::size_t i = 0; i < edges_.size(); ++i) {
        Loop& loop = edge_loops_.empty() ? loop_ : *edge_loops_[i];
        asio::post(loop.io(), [&edge = *edges_[i], &loop] {
            edge.stop_accepting();
            edge.close_unconnected();
            loop.want_turn();
        });
    }
    broker_->disconnect_all(static_cast<std::uint16_t>(wire::Close::shutdown), {});
    loop_.want_turn();
}

void App::tick() {
    broker_->tick();
    if (stopping_ && (shared_.admission.clients() == 0 || clock_.now() >= stop_by_)) end();
}

void App::end() {
    gateway_.stop();
    for (auto& loop : edge_loops_) loop->stop();
    loop_.stop();
}

}  // namespace fairlead::app
