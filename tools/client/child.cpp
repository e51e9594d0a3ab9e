// SPDX-License-Identifier: Apache-2.0
#include "client/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace fairlead::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTermination{5000};

Error system_error(const std::string& what) {
    return Error{Fault::io, what + ": " + std::generic_category().message(errno)};
}

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* arguments, int output, std::optional<int> core, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    if (core) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(static_cast<std::size_t>(*core), &set);
        ::sched_setaffinity(0, sizeof set, &set);
    }
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execv(arguments[0], arguments);
    ::_exit(127);
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(const std::vector<std::string>& command,
                                            std::optional<int> core) {
    if (command.empty() || ::access(command.front().c_str(), X_OK) != 0) {
        return Error{Fault::io, "no program '" + (command.empty() ? std::string() : command.front()) + "'"};
    }
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("pipe2");
    Descriptor output(ends[0]);
    const Descriptor input(ends[1]);
    std::vector<char*> arguments;
    for (const auto& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return system_error("fork");
    if (pid == 0) become(arguments.data(), input.get(), core, parent);
    return std::unique_ptr<Child>(new Child(pid, std::move(output)));
}

Child::Child(pid_t pid, Descriptor output)
    : pid_(pid),
      pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
      pipe_(std::move(output)),
      reader_([this] { read_output(); }) {}

Child::~Child() {
    signal(SIGTERM);
    if (!wait_exit(kTermination)) {
        signal(SIGKILL);
        (void)wait_exit(kTermination);
    }
    reader_.join();
}

void Child::read_output() {
    std::array<char, 4096> piece{};
    while (true) {
        const ssize_t got = ::read(pipe_.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        const std::lock_guard<std::mutex> lock(mutex_);
        ended_ = got <= 0;
        if (got > 0) output_.append(piece.data(), static_cast<std::size_t>(got));
        changed_.notify_all();
        if (ended_) return;
    }
}

bool Child::wait_for_output(std::string_view text, milliseconds timeout) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto has_text = [&] { return output_.find(text) != std::string::npos; };
    changed_.wait_for(lock, timeout, [&] { return ended_ || has_text(); });
    return has_text();
}

std::string Child::output() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return output_;
}

void Child::signal(int number) const {
    if (!status_) ::kill(pid_, number);
}

std::optional<int> Child::wait_exit(milliseconds timeout) {
    if (status_) return status_;
    pollfd item{pidfd_.get(), POLLIN, 0};
    while (::poll(&item, 1, static_cast<int>(timeout.count())) < 0 && errno == EINTR) {
    }
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return status_;
}

}  // namespace fairlead::client
