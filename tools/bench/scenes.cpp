// SPDX-License-Identifier: Apache-2.0
#include "bench/scenes.h"

#include <unistd.h>

#include "bench/floor.h"
#include "bench/usage.h"

namespace fairlead::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kFrameHeadBytes = 4;  // of a server's frame of 126 to 65535 bytes

/// CPU time that a process uses from here to used(); 0 for an unknown one.
class Meter {
public:
    explicit Meter(pid_t pid) : pid_(pid), before_(now()) {}
    nanoseconds used() const { return now() - before_; }
    double used_us() const { return std::chrono::duration<double, std::micro>(used()).count(); }

private:
    nanoseconds now() const { return pid_ == 0 ? nanoseconds(0) : cpu_time(pid_).value_or(nanoseconds(0)); }

    pid_t pid_;
    nanoseconds before_;
};

double share(nanoseconds used, double seconds) {
    return Seconds(used).count() / seconds * 100;
}

void add_if_any(Report& report, std::initializer_list<Figure> figures) {
    for (const Figure& figure : figures) {
        if (!figure.series.empty()) report.add(figure);
    }
}

}  // namespace

void run_fanout(Target& target, const FanoutOptions& options, const Repeat& repeat, Report& report) {
    Fanout fanout(options);
    if (auto done = fanout.prepare(target.url(), repeat.patience); !done)
        return report.fail(done.error().text);
    if (auto warm = fanout.run(repeat.warm_up); !warm) return report.fail(warm.error().text);
    auto floor = Floor::start(options.subscribers, target.broker_core());
    if (!floor) return report.fail(floor.error().text);
    const std::size_t bytes = fanout.delivery_bytes() + kFrameHeadBytes;
    const std::size_t messages = options.rate > 0 ? 1 : options.batch;

    Series rate, cpu, floor_cpu, ratio, busy, ours, p50, p99;
    for (unsigned i = 0; i < repeat.rounds; ++i) {
        const Meter broker(target.pid());
        const Meter self(::getpid());
        auto round = fanout.run(repeat.duration);
        if (!round) return report.fail(round.error().text);
        const double used_us = broker.used_us();
        const auto deliveries = static_cast<double>(round->deliveries);
        rate.add(deliveries / round->seconds);
        ours.add(share(self.used(), round->seconds));
        if (options.rate > 0) {
            p50.add(percentile(round->delays_ms, 0.50));
            p99.add(percentile(round->delays_ms, 0.99));
        }
        const auto kernel = (*floor)->run(repeat.duration / 2, messages, bytes);
        if (!kernel) return report.fail(kernel.error().text);
        floor_cpu.add(kernel->cpu_us_per_send);
        if (target.pid() == 0) continue;
        cpu.add(used_us / deliveries);
        busy.add(used_us / 1e4 / round->seconds);
        ratio.add(used_us / deliveries / kernel->cpu_us_per_send);
    }
    add_if_any(report,
               {{"deliveries/s", "deliveries_per_s", rate},
                {"broker CPU us a delivery", "broker_cpu_us", cpu},
                {"floor: send() CPU us of " + std::to_string(bytes) + " bytes", "floor_cpu_us", floor_cpu},
                {"broker : floor", "ratio", ratio},
                {"delay ms, p50", "delay_p50_ms", p50},
                {"delay ms, p99", "delay_p99_ms", p99},
                {"broker CPU %", "broker_cpu_percent", busy},
                {"generator CPU %", "generator_cpu_percent", ours}});
}

void run_request(Target& target, const RequestOptions& options, const Repeat& repeat, Report& report) {
    Request request(options);
    if (auto done = request.prepare(target.url(), repeat.patience); !done)
        return report.fail(done.error().text);
    if (auto warm = request.run(repeat.warm_up); !warm) return report.fail(warm.error().text);

    Series rate, cpu, busy, ours, p50, p99;
    for (unsigned i = 0; i < repeat.rounds; ++i) {
        const Meter broker(target.pid());
        const Meter self(::getpid());
        auto round = request.run(repeat.duration);
        if (!round) return report.fail(round.error().text);
        const double used_us = broker.used_us();
        const auto replies = static_cast<double>(round->replies);
        rate.add(replies / round->seconds);
        p50.add(percentile(round->delays_ms, 0.50));
        p99.add(percentile(round->delays_ms, 0.99));
        ours.add(share(self.used(), round->seconds));
        if (target.pid() == 0) continue;
        cpu.add(used_us / replies);
        busy.add(used_us / 1e4 / round->seconds);
    }
    add_if_any(report, {{"requests/s", "requests_per_s", rate},
                        {"broker CPU us a request", "broker_cpu_us", cpu},
                        {"delay ms, p50", "delay_p50_ms", p50},
                        {"delay ms, p99", "delay_p99_ms", p99},
                        {"broker CPU %", "broker_cpu_percent", busy},
                        {"generator CPU %", "generator_cpu_percent", ours}});
}

namespace {

/// Only connects; whatever else arrives is none of its business.
class Silent final : public Crowd {
    void replied(std::size_t, std::string_view) override {}
};

/// Lets time pass while pings are answered.
void rest(Crowd& crowd, milliseconds duration) {
    const Deadline end = Clock::now() + duration;
    while (Clock::now() < end)
        crowd.swarm().turn(milliseconds(50));
}

}  // namespace

void run_idle(Target& target, std::size_t clients, const Repeat& repeat, Report& report) {
    if (target.pid() == 0)
        return report.fail("idle needs the broker's process: --broker, or --attach with --pid");
    Silent crowd;
    // The first client makes the broker touch what it touches once.
    if (auto done = crowd.gather(target.url(), 1, repeat.patience); !done)
        return report.fail(done.error().text);
    const auto before = static_cast<double>(resident_bytes(target.pid()));
    if (auto done = crowd.gather(target.url(), clients, repeat.patience); !done)
        return report.fail(done.error().text);
    rest(crowd, repeat.warm_up);
    Series memory, busy;
    for (unsigned i = 0; i < repeat.rounds; ++i) {
        const Meter broker(target.pid());
        const auto start = Clock::now();
        rest(crowd, repeat.duration);
        if (!crowd.fault().empty()) return report.fail(crowd.fault());
        busy.add(share(broker.used(), Seconds(Clock::now() - start).count()));
        const double grown = static_cast<double>(resident_bytes(target.pid())) - before;
        memory.add(grown / 1024 / static_cast<double>(clients));
    }
    add_if_any(report, {{"broker RSS KiB a client", "rss_kib_per_client", memory},
                        {"broker CPU %", "broker_cpu_percent", busy}});
}

void run_connect(Target& target, std::size_t clients, const Repeat& repeat, Report& report) {
    Silent crowd;
    if (auto done = crowd.gather(target.url(), clients, repeat.patience); !done)
        return report.fail(done.error().text);
    Series rate, cpu, ours;
    for (unsigned i = 0; i < repeat.rounds; ++i) {
        crowd.disperse();
        rest(crowd, repeat.warm_up);  // the broker's work for the ended ones is not this round's
        const Meter broker(target.pid());
        const Meter self(::getpid());
        const auto start = Clock::now();
        if (auto done = crowd.gather(target.url(), clients, repeat.patience); !done) {
            return report.fail(done.error().text);
        }
        const double seconds = Seconds(Clock::now() - start).count();
        rate.add(static_cast<double>(clients) / seconds);
        ours.add(share(self.used(), seconds));
        if (target.pid() != 0) cpu.add(broker.used_us() / static_cast<double>(clients));
    }
    add_if_any(report, {{"connects/s", "connects_per_s", rate},
                        {"broker CPU us a connect", "broker_cpu_us", cpu},
                        {"generator CPU %", "generator_cpu_percent", ours}});
}

void run_floor(const FloorOptions& options, const Repeat& repeat, Report& report) {
    auto floor = Floor::start(options.sockets, options.pin ? std::optional<int>(0) : std::nullopt);
    if (!floor) return report.fail(floor.error().text);
    if (auto warm = (*floor)->run(repeat.warm_up, options.messages, options.bytes); !warm) {
        return report.fail(warm.error().text);
    }
    Series rate, cpu;
    for (unsigned i = 0; i < repeat.rounds; ++i) {
        const auto round = (*floor)->run(repeat.duration, options.messages, options.bytes);
        if (!round) return report.fail(round.error().text);
        rate.add(static_cast<double>(round->sends) / round->seconds);
        cpu.add(round->cpu_us_per_send);
    }
    add_if_any(report, {{"sends/s", "sends_per_s", rate}, {"CPU us a send()", "cpu_us_per_send", cpu}});
}

}  // namespace fairlead::bench
