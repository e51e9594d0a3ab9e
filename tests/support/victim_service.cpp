// SPDX-License-Identifier: Apache-2.0
// A service for tests to kill and stop: `victim_service <broker address>`.
#include <fairlead/fairlead.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kWindow = 10'000;

// Requests that wait for ever; says how many there are.
class Kept {
public:
    void keep(fairlead::Request& request) {
        const std::lock_guard lock(mutex_);
        responders_.push_back(request.defer());
        std::cout << "kept " << responders_.size() << ";" << std::endl;
    }

private:
    std::mutex mutex_;
    std::vector<fairlead::Responder> responders_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return EXIT_FAILURE;
    fairlead::ServiceOptions options;
    options.brokers = {argv[1]};
    options.stop_timeout = 1s;
    fairlead::Service service{"victim", "1.0.0", options};
    Kept kept;
    service.on("victim.echo", [](fairlead::Request&, const fairlead::Value& value) { return value; })
        .window(kWindow);
    service.on("victim.never", [&](fairlead::Request& request) { kept.keep(request); })
        .window(kWindow)
        .timeout(120s);
    service.on("victim.short", [&](fairlead::Request& request) { kept.keep(request); })
        .window(kWindow)
        .timeout(500ms);
    // Answered by whom it is handed to the second time only.
    service
        .on("victim.again",
            [&](fairlead::Request& request) {
                if (request.attempt() == 1) kept.keep(request);
                return request.attempt();
            })
        .window(kWindow)
        .timeout(120s)
        .idempotent();
    service.on("victim.crash", [](fairlead::Request&) { std::abort(); });
    service.on("victim.subscribe", [&](fairlead::Request& request, const fairlead::Value& channel) {
        return service.client(request.caller().client).subscribe(channel.as_string()).wait().ok();
    });
    service.on("victim.unsubscribe", [&](fairlead::Request& request, const fairlead::Value& channel) {
        return service.client(request.caller().client).unsubscribe(channel.as_string()).wait().ok();
    });
    service.on("victim.publish", [&](fairlead::Request&, const fairlead::Value& channel) {
        return service.channel(channel.as_string()).publish("by the service").wait().ok();
    });
    // Hooks: lets in whoever says who it is; "never" in what they decide on is not answered.
    service.on_connect([&](fairlead::Request& request, const fairlead::ConnectQuestion& question) {
        fairlead::ConnectAnswer answer;
        answer.user = std::string(question.data.as_string());
        if (answer.user == "never") kept.keep(request);
        return answer;
    });
    service.on_subscribe("*", [&](fairlead::Request& request, const fairlead::SubscribeQuestion& question) {
        if (question.channel.find("never") != std::string::npos) kept.keep(request);
        return fairlead::SubscribeAnswer();
    });
    service.on_publish("*", [&](fairlead::Request& request, const fairlead::PublishQuestion& question) {
        if (question.channel.find("never") != std::string::npos) kept.keep(request);
        return fairlead::PublishAnswer();
    });
    return service.run();
}
