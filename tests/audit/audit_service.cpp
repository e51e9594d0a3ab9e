// SPDX-License-Identifier: Apache-2.0
// A service of the audit's runs, to be killed and stopped:
// `audit_service <broker address> <number> <record> <page> <channel>...` publishes to the channels as fast as
// the page allows, until the page says that it is over; then it waits for all outcomes and ends.
#include <fairlead/fairlead.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "audit/pace.h"
#include "audit/publisher.h"

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kBatch = 16;
constexpr std::size_t kWindow = 256;  // publications under way
constexpr std::size_t kMostFilling = 200;

// What JSON has to escape, and what it has not.
std::string filling(std::mt19937& random) {
    static const std::vector<std::string> kPieces{"a",  "0", " ", "\"",           "\\", "\n",
                                                  "\t", "/", "é", "\xe2\x9c\x93", "{",  "]"};
    std::string text;
    for (auto left = random() % kMostFilling; left > 0; --left)
        text += kPieces[random() % kPieces.size()];
    return text;
}

// Takes some of what is granted; 0 = nothing is.
std::uint64_t take(fairlead::audit::Page& page) {
    std::uint64_t taken = page.taken;
    const std::uint64_t granted = std::min(page.credit.load(), page.limit.load());
    while (taken < granted) {
        const std::uint64_t more = std::min(kBatch, granted - taken);
        if (page.taken.compare_exchange_weak(taken, taken + more)) return more;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6) return EXIT_FAILURE;
    const std::vector<std::string> channels(argv + 5, argv + argc);
    const auto number = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10));
    fairlead::ServiceOptions options;
    options.brokers = {argv[1]};
    options.send_timeout = 4s;
    options.log_level = fairlead::LogLevel::error;
    fairlead::Service service{"audit", "1.0.0", options};
    fairlead::audit::Recorder recorder(argv[3]);
    fairlead::audit::Pace pace(argv[4]);
    fairlead::audit::Publisher publisher(service, recorder, number);
    std::mt19937 random(number);
    service.start();
    while (!pace.page().over) {
        const bool full = publisher.under_way() >= kWindow;
        publisher.settle(full ? 1ms : 0ms);
        const std::uint64_t more = full ? 0 : take(pace.page());
        for (std::uint64_t i = 0; i < more; ++i)
            publisher.announce(channels[random() % channels.size()], filling(random));
        recorder.flush();
        publisher.send_all();
        if (more == 0) std::this_thread::sleep_for(200us);  // until readers have caught up
    }
    while (publisher.under_way() > 0)
        publisher.settle(100ms);
    recorder.flush();
    return service.stop(1s) ? EXIT_SUCCESS : EXIT_FAILURE;
}
