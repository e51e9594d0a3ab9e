// SPDX-License-Identifier: Apache-2.0
#include "audit/stage.h"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <stdexcept>

#include "audit/publisher.h"
#include "support/parties.h"

namespace fairlead::audit {
namespace {

using namespace std::chrono_literals;
using support::Broker;
using support::kPatience;

constexpr std::size_t kServices = 3;
constexpr std::size_t kSubscribers = 8;
constexpr std::uint32_t kFirstSubscriber =
    1000;                              // publishers have the numbers below, one a process, and come first
constexpr std::uint32_t kCloser = 1;   // who publishes what comes last
constexpr std::uint64_t kAhead = 512;  // publications that services may be ahead of the first subscriber
constexpr auto kBetweenRounds = 20ms;

// The queue takes what a client gets at once that was away, twice.
constexpr const char* kClientOptions = R"([client]
anonymous = true
max_queue = "512 KiB"
max_recovered = 2000
max_recovered_bytes = "256 KiB"
commands = 10000
commands_burst = 10000
)";

std::string config_text() {
    std::string text = kClientOptions;
    for (const Rules& each : rules()) {
        text.append("[[namespace]]\nname = \"").append(each.name_space);
        text.append("\"\nsubscribe = [\"anyone\"]\n").append(each.options);
    }
    return text;
}

std::filesystem::path new_folder() {
    std::string path = (std::filesystem::temp_directory_path() / "fairlead-audit-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error{"no folder " + path};
    return path;
}

std::vector<std::string> channel_names() {
    std::vector<std::string> names;
    for (const Rules& each : rules()) {
        for (int i = 1; i <= each.channels; ++i)
            names.push_back(std::string(each.name_space) + ":" + std::to_string(i));
    }
    return names;
}

void kill(client::Child& child) {
    child.signal(SIGKILL);
    if (!child.wait_exit(kPatience)) throw std::runtime_error{"it does not die"};
}

}  // namespace

// Publishes what comes last, and asks for the counts.
class Closer {
public:
    using Counts = std::map<std::string, std::uint64_t>;

    Closer(const Broker& broker, const std::string& record)
        : service_("closer", "1.0.0", support::behind(broker)),
          recorder_(record),
          publisher_(service_, recorder_, kCloser) {
        support::join(service_);
    }

    /// Gives how many it reached.
    std::uint32_t publish(const std::string& channel) {
        publisher_.announce(channel, "the end");
        publisher_.send_all();
        while (publisher_.under_way() > 0)
            publisher_.settle(kPatience);
        return publisher_.reached();
    }
    std::uint32_t seq_of(const std::string& channel) const { return publisher_.seq_of(channel); }

    Counts counts() {
        auto counts = service_.call<Counts>("_broker.counts", Counts());
        if (!counts) throw std::runtime_error{"no counts: " + counts.error().message};
        return *counts;
    }

private:
    Service service_;
    Recorder recorder_;
    Publisher publisher_;
};

const std::vector<Rules>& rules() {
    static const std::vector<Rules> all{
        {"deep", kHistory, "history_size = 10000\n", 2},
        {"shallow", kHistory, "history_size = 20\n", 1},
        {"brief", kHistory, "history_size = 10000\nhistory_age = \"1s\"\n", 1},
        {"newest", kHistory | kCache, "history_size = 1\nrecovery = \"cache\"\n", 1},
        {"dropping", kHistory | kDrops, "history_size = 10000\nslow_reader = \"drop_oldest\"\n", 1},
        {"live", 0, "", 3},
    };
    return all;
}

Stage::Stage(int threads, std::uint32_t seed)
    : seed_(seed),
      folder_(new_folder()),
      pace_((folder_ / "page").string()),
      channels_(channel_names()),
      config_(config_text()),
      options_(support::with_threads(threads)),
      last_publisher_(kCloser),
      services_(kServices),
      numbers_(kServices) {
    options_.insert(options_.end(), {"--config", config_.path()});
    recorder_ = std::make_unique<Recorder>(record("stage"));
    recorder_->put({.kind = Kind::began});
    broker_ = std::make_unique<Broker>(options_);
    for (const std::string& each :
         {"websocket.listen=127.0.0.1:" + support::port_of(broker_->websocket_url()),
          "backplane.listen=tcp://127.0.0.1:" + support::port_of(broker_->backplane_address())})
        options_.insert(options_.end(), {"--set", each});
    record_channels();
    begin_subscribers();
    for (std::size_t i = 0; i < kServices; ++i)
        start_service(i);
}

Stage::~Stage() {
    subscribers_.clear();
    for (const auto& each : services_) {
        if (each) each->signal(SIGCONT);
    }
    services_.clear();
    broker_.reset();
    if (!keep_) std::filesystem::remove_all(folder_);
}

void Stage::record_channels() {
    Recorder recorder(record("channels"));
    for (const Rules& each : rules()) {
        for (int i = 1; i <= each.channels; ++i) {
            const std::string name = std::string(each.name_space) + ":" + std::to_string(i);
            recorder.put({.kind = Kind::channel, .channel = name, .flags = each.flags});
        }
    }
}

// The first one is spared, has all channels, and sets the pace.
void Stage::begin_subscribers() {
    std::mt19937 random(seed_);
    for (std::uint32_t i = 0; i < kSubscribers; ++i) {
        Subscriber::Options options;
        options.url = broker_->websocket_url();
        options.record = record("subscriber-" + std::to_string(i));
        options.number = kFirstSubscriber + i;
        options.last_publisher = kCloser;
        for (const std::string& each : channels_) {
            if (i == 0 || random() % 2 == 0) options.channels.push_back(each);
        }
        if (options.channels.empty()) options.channels = channels_;
        if (i == 0) {
            options.on_delivery = [this] { grant_one(); };
            options.on_idle = [this] { grant_more(); };
        }
        subscribers_.push_back(std::make_unique<Subscriber>(std::move(options)));
    }
    for (const auto& each : subscribers_) {
        if (!each->wait_settled(kPatience)) throw std::runtime_error{"a subscriber does not get in"};
    }
}

void Stage::grant_one() {
    ++pace_.page().credit;
}

// Some are never delivered, and the pace must not die with them.
void Stage::grant_more() {
    pace_.page().credit = std::max(pace_.page().credit.load(), pace_.page().taken + kAhead);
}

void Stage::start_service(std::size_t which) {
    const std::string number = std::to_string(++last_publisher_);
    std::vector<std::string> command{support::program("audit_service"), broker_->backplane_address(), number,
                                     record("service-" + number), (folder_ / "page").string()};
    command.insert(command.end(), channels_.begin(), channels_.end());
    auto started = client::Child::start(command);
    if (!started) throw std::runtime_error{"no service: " + started.error().text};
    services_[which] = std::move(*started);
    numbers_[which] = last_publisher_;
}

void Stage::kill_broker() {
    kill(broker_->process());
    broker_.reset();
    recorder_->put({.kind = Kind::began});
    broker_ = std::make_unique<Broker>(options_);
}

void Stage::kill_service(std::size_t which) {
    kill(*services_[which]);
    recorder_->put({.kind = Kind::gone, .actor = numbers_[which]});
    start_service(which);
}

bool Stage::stop_service(std::size_t which) {
    const pid_t pid = services_[which]->pid();
    services_[which]->signal(SIGSTOP);
    int status = 0;
    return ::waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status);
}

void Stage::continue_service(std::size_t which) {
    services_[which]->signal(SIGCONT);
}

void Stage::rest() {
    resting_ = true;
    allow(taken());
    bring_to_rest();
    resting_ = false;
}

void Stage::calm() {
    pace_.page().over = true;
    for (const auto& each : services_) {
        if (each->wait_exit(kPatience) != 0) throw std::runtime_error{"a service: " + each->output()};
    }
    bring_to_rest();
    for (const auto& each : subscribers_) {
        if (!each->finish()) throw std::runtime_error{"a subscriber is away at the end"};
    }
    closer_.reset();
    recorder_->flush();
}

void Stage::bring_to_rest() {
    if (!closer_) closer_ = std::make_unique<Closer>(*broker_, record("closer"));
    const auto give_up = client::Clock::now() + 2 * kPatience;
    while (!publish_last() || !take_counts()) {
        if (client::Clock::now() > give_up) throw std::runtime_error{"it does not come to rest"};
        std::this_thread::sleep_for(kBetweenRounds);
    }
}

// False: somebody was still on the way.
bool Stage::publish_last() {
    for (const auto& each : subscribers_) {
        if (!each->wait_settled(kPatience)) return false;
    }
    bool all = true;
    for (const std::string& each : channels_)
        all = closer_->publish(each) == subscribers_of(each) && all;
    for (const auto& subscriber : subscribers_) {
        for (const std::string& each : subscriber->channels())
            all = all && subscriber->wait_last(each, closer_->seq_of(each), kPatience);
    }
    return all;
}

// False: queues had not taken all yet.
bool Stage::take_counts() {
    const std::int64_t asked = now_ns();
    const Closer::Counts counts = closer_->counts();
    if (counts.at("handed") != counts.at("copies")) return false;
    recorder_->put({.kind = Kind::counting, .stamp = asked});
    for (const auto& [name, count] : counts)
        recorder_->put({.kind = Kind::counted, .channel = name, .offset = count});
    return true;
}

std::uint32_t Stage::subscribers_of(const std::string& channel) const {
    return static_cast<std::uint32_t>(
        std::count_if(subscribers_.begin(), subscribers_.end(), [&](const auto& each) {
            const auto& channels = each->channels();
            return std::find(channels.begin(), channels.end(), channel) != channels.end();
        }));
}

History Stage::history() const {
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
