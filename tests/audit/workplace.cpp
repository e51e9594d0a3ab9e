// SPDX-License-Identifier: Apache-2.0
#include "audit/workplace.h"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "support/parties.h"

namespace fairlead::audit {
namespace {

using namespace std::chrono_literals;
using support::kPatience;

constexpr std::size_t kWorkers = 3;
constexpr std::uint32_t kCallers = 8;
constexpr std::uint32_t kFirstCaller = 1000;  // workers have the numbers below

constexpr const char* kConfig = R"([client]
anonymous = true
topics = ["work.>"]
commands = 100000
commands_burst = 100000
)";

std::filesystem::path new_folder() {
    std::string path = (std::filesystem::temp_directory_path() / "fairlead-audit-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error{"no folder " + path};
    return path;
}

void kill(client::Child& child) {
    child.signal(SIGKILL);
    if (!child.wait_exit(kPatience)) throw std::runtime_error{"it does not die"};
}

}  // namespace

Workplace::Workplace(int threads, std::uint64_t requests)
    : folder_(new_folder()),
      config_(kConfig),
      options_(support::with_threads(threads)),
      workers_(kWorkers),
      left_(static_cast<std::int64_t>(requests)) {
    options_.insert(options_.end(), {"--config", config_.path()});
    broker_ = std::make_unique<support::Broker>(options_);
    const std::string backplane = support::port_of(broker_->backplane_address());
    for (const std::string& each :
         {"websocket.listen=127.0.0.1:" + support::port_of(broker_->websocket_url()),
          "backplane.listen=tcp://127.0.0.1:" + backplane})
        options_.insert(options_.end(), {"--set", each});
    for (std::size_t i = 0; i < kWorkers; ++i) {
        relays_.push_back(std::make_unique<support::Relay>(static_cast<std::uint16_t>(std::stoi(backplane))));
        start_worker(i);
    }
    for (std::uint32_t number = kFirstCaller; number < kFirstCaller + kCallers; ++number) {
        Caller::Options options{broker_->websocket_url(), record("caller-" + std::to_string(number)), number,
                                &left_};
        callers_.push_back(std::make_unique<Caller>(std::move(options)));
    }
}

Workplace::~Workplace() {
    callers_.clear();
    for (const auto& each : workers_) {
        if (each) each->signal(SIGCONT);
    }
    workers_.clear();
    broker_.reset();
    if (!keep_) std::filesystem::remove_all(folder_);
}

void Workplace::start_worker(std::size_t which) {
    const std::string number = std::to_string(++last_worker_);
    auto started = client::Child::start({support::program("audit_worker"),
                                         "tcp://127.0.0.1:" + std::to_string(relays_[which]->port()), number,
                                         record("worker-" + number)});
    if (!started) throw std::runtime_error{"no worker: " + started.error().text};
    workers_[which] = std::move(*started);
}

void Workplace::kill_broker() {
    kill(broker_->process());
    broker_.reset();
    broker_ = std::make_unique<support::Broker>(options_);
}

void Workplace::kill_worker(std::size_t which) {
    kill(*workers_[which]);
    start_worker(which);
}

void Workplace::restart_worker(std::size_t which) {
    workers_[which]->signal(SIGTERM);
    if (workers_[which]->wait_exit(kPatience) != 0)
        throw std::runtime_error{"a worker: " + workers_[which]->output()};
    start_worker(which);
}

void Workplace::signal_worker(std::size_t which, int number) {
    workers_[which]->signal(number);
}

void Workplace::finish() {
    for (const auto& each : callers_)
        each->finish();
    for (const auto& each : workers_) {
        each->signal(SIGTERM);
        if (each->wait_exit(kPatience) != 0) throw std::runtime_error{"a worker: " + each->output()};
    }
}

History Workplace::history() const {
    History history;
    std::vector<std::filesystem::path> files;
    for (const auto& each : std::filesystem::directory_iterator(folder_)) {
        if (each.path().extension() == ".log") files.push_back(each.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& each : files)
        read_file(each.string(), history);
    return history;
}

}  // namespace fairlead::audit
