// SPDX-License-Identifier: Apache-2.0
#include "app/app.h"

#include <asio/post.hpp>
#include <csignal>
#include <utility>

#include "app/memory.h"
#include "app/process.h"
#include "app/version.h"
#include "config/check.h"
#include "config/problem.h"
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

App::App(config::Config config, base::Log& log, std::function<config::Loaded()> load)
    : config_(with_version(std::move(config))),
      load_(std::move(load)),
      log_(log),
      threads_(edge_threads(config_.edge.threads)),
      to_core_(kCoreMailboxEntries, [this] { loop_.want_turn(); }),
      tokens_(
          config_.auth,
          {clock_, log_, [this](auth::TokenVerifierJwt::Names names) { withdraw_keys(std::move(names)); }}),
      shared_(config_.edge, kVersion, clients_that_fit(config_.edge.max_clients, raise_descriptor_limit()),
              threads_, tls_identity()),
      translator_(config_.edge.max_depth),
      history_(config_.engine, clock_, random_),
      gateway_(loop_.io(), config_.backplane, clock_, log_, [this] { loop_.want_turn(); }),
      memory_(config_.memory.budget, clock_, log_, shared_.admission,
              [this](std::size_t bytes) { shed(bytes); }),
      signals_(loop_.io(), SIGTERM, SIGINT, SIGHUP) {
    add_edges();
    std::vector<core::EdgePort*> ports;
    for (auto& edge : edges_)
        ports.push_back(edge.get());
    broker_ = std::make_unique<core::Broker>(
        config_.core, core::Ports{clock_, log_, random_, gateway_, translator_, history_, std::move(ports)});
    gateway_.attach(*broker_);
}

std::unique_ptr<edge::TlsIdentity> App::tls_identity() {
    if (config_.edge.tls_certificate_file.empty()) return nullptr;
    return std::make_unique<edge::TlsIdentity>(config_.edge, clock_, log_);
}

App::~App() {
    for (auto& loop : edge_loops_)
        loop->stop();
    for (std::thread& thread : edge_threads_)
        thread.join();
}

// Core before gateway before edge: what one part makes the next one sends in the same round.
void App::add_edges() {
    loop_.add(
        [this] {
            return to_core_.drain([this](core::FromEdge&& message) { broker_->handle(std::move(message)); });
        },
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
    for (auto& loop : edge_loops_)
        edge_threads_.emplace_back([&loop] { loop->run(); });
}

// Once a start and a reload, so that nobody finds them later by surprise.
void App::warn_of_insecure_settings() {
    for (const auto& setting : config::insecure_settings(config_)) log_.warning("insecure: " + config::line_of(setting));
}

// What is in force after a reload is a mixture of both: options that need a restart stay as they were, and beside those
// the file may be wrong.
bool App::fits_what_stays(const config::Config& next) {
    const config::Problems problems = config::check(next, {});
    for (const auto& problem : problems) log_.error("beside what only a restart changes: " + config::line_of(problem));
    return problems.empty();
}

void App::run() {
    warn_of_insecure_settings();
    await_signal();
    start_threads();
    loop_.run();
}

void App::await_signal() {
    signals_.async_wait([this](const asio::error_code& error, int signal) {
        if (error) return;
        on_signal(signal);
    });
}

void App::on_signal(int signal) {
    if (signal != SIGHUP && stopping_) {
        log_.warning("stopped at once");
        return end();
    }
    if (signal != SIGHUP) {
        begin_stop();
    } else if (!stopping_) {
        reload();
    }
    await_signal();
}

void App::reload() {
    config::Loaded loaded = load_();
    for (const auto& problem : loaded.problems)
        log_.error(config::line_of(problem));
    if (!loaded.config) return log_.error("not reloaded: the configuration stays as it was");
    config::Config next = config::reloaded(config_, *loaded.config);
    if (!fits_what_stays(next)) return log_.error("not reloaded: the configuration stays as it was");
    if (loaded.config->backplane.keyed() != config_.backplane.keyed()) {
        return log_.error("not reloaded: keys of the backplane are switched on or off by a restart only "
                          "(backplane.secret_key_file)");
    }
    std::string why;
    if (shared_.tls && !shared_.tls->reload(why)) return log_.error("not reloaded: " + why);
    auto keys = tokens_.reload(loaded.config->auth);
    if (!keys.fault.empty()) return log_.error("not reloaded: " + keys.fault);
    for (const std::string& name : config::needs_restart(config_, *loaded.config))
        log_.warning("changed, but in force only after a restart", {{"option", name}});
    config_ = with_version(std::move(next));
    warn_of_insecure_settings();
    broker_->reload(config_.core);
    gateway_.reload(config_.backplane.services);
    withdraw_keys(std::move(keys.removed));
    shared_.admission.reload(config_.edge);
    on_edges([options = config_.edge](edge::Edge& edge, Loop&) { edge.reload(options); });
    loop_.want_turn();
    log_.info("configuration reloaded");
}

void App::withdraw_keys(std::vector<std::string> names) {
    asio::post(loop_.io(), [this, names = std::move(names)] {
        for (const std::string& name : names) {
            log_.info("a key is accepted no more",
                      {{"key", name}, {"clients", broker_->disconnect_key(name)}});
        }
        loop_.want_turn();
    });
}

template <typename Act>
void App::on_edges(Act act) {
    for (std::size_t i = 0; i < edges_.size(); ++i) {
        Loop& loop = edge_loops_.empty() ? loop_ : *edge_loops_[i];
        asio::post(loop.io(), [act, &edge = *edges_[i], &loop] { act(edge, loop); });
    }
}

void App::shed(std::size_t bytes) {
    on_edges([share = bytes / threads_ + 1](edge::Edge& edge, Loop& loop) {
        edge.shed(share);
        loop.want_turn();
    });
}

void App::begin_stop() {
    stopping_ = true;
    stop_by_ = clock_.now() + kFlushAtStop;
    log_.info("stopping", {{"clients", shared_.admission.clients()}});
    on_edges([](edge::Edge& edge, Loop& loop) {
        edge.stop_accepting();
        edge.close_unconnected();
        loop.want_turn();
    });
    broker_->disconnect_all(static_cast<std::uint16_t>(wire::Close::shutdown), {});
    loop_.want_turn();
}

void App::tick() {
    broker_->tick();
    history_.tick();
    memory_.tick();
    if (shared_.tls) shared_.tls->look();
    if (ebb_.look(shared_.admission.clients(), clock_.now())) return_free_memory();
    if (stopping_ && (shared_.admission.clients() == 0 || clock_.now() >= stop_by_)) end();
}

void App::end() {
    gateway_.stop();
    for (auto& loop : edge_loops_)
        loop->stop();
    loop_.stop();
}

}  // namespace fairlead::app
