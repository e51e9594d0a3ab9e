// SPDX-License-Identifier: Apache-2.0
// A service of the audit of requests, to be killed, stopped and cut off: `audit_worker <broker> <number>
// <record>` records each request that it begins before it does anything, and answers what its caller can
// check.
#include <fairlead/fairlead.h>

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "audit/history.h"
#include "audit/requests.h"

using namespace std::chrono_literals;
namespace audit = fairlead::audit;

namespace {

struct Job {
    std::uint32_t caller = 0;
    std::uint32_t seq = 0;
    FAIRLEAD_FIELDS(caller, seq)
};
struct Done {
    std::uint32_t digest = 0;
    FAIRLEAD_FIELDS(digest)
};

// A record that is in the file before the handler goes on outlives a SIGKILL.
class Log {
public:
    Log(const char* path, std::uint32_t number) : recorder_(path), number_(number) {}

    void ran(const fairlead::Request& request, const Job& job) {
        const std::lock_guard lock(mutex_);
        recorder_.put({.kind = audit::Kind::ran,
                       .actor = number_,
                       .channel = request.topic(),
                       .publisher = job.caller,
                       .seq = job.seq});
        recorder_.flush();
    }

private:
    std::mutex mutex_;
    audit::Recorder recorder_;
    std::uint32_t number_;
};

// By the job alone, so that a run can be told again: most at once, some later, some beyond their deadline.
std::chrono::milliseconds time_for(const Job& job) {
    const std::uint32_t dice = audit::reply_digest(job.seq, job.caller) % 1000;
    if (dice < 1) return 1200ms;
    if (dice < 10) return 30ms;
    return dice < 100 ? 2ms : 0ms;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return EXIT_FAILURE;
    fairlead::ServiceOptions options;
    options.brokers = {argv[1]};
    options.log_level = fairlead::LogLevel::error;
    options.stop_timeout = 5s;
    fairlead::Service service{"work", "1.0.0", options};
    Log log(argv[3], static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)));
    const auto work = [&log](fairlead::Request& request, const Job& job) -> fairlead::Result<Done> {
        log.ran(request, job);
        if (const auto time = time_for(job); time > 0ms) std::this_thread::sleep_for(time);
        if (job.seq % 97 == 0) return fairlead::fail(1422, "no");
        return Done{audit::reply_digest(job.caller, job.seq)};
    };
    service.on("work.once", work).timeout(1s).window(16);
    service.on("work.again", work).timeout(1s).window(16).idempotent();
    return service.run();
}
