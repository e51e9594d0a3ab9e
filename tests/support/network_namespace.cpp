// SPDX-License-Identifier: Apache-2.0
#include "support/network_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "client/descriptor.h"

namespace fairlead::support {
namespace {

bool succeeds(const std::string& line) {
    return std::system((line + " >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace

std::string NetworkNamespace::missing() {
    if (::geteuid() != 0) return "only root makes network namespaces";
    if (!succeeds("ip -V")) return "there is no program ip (package iproute2)";
    const std::string probe = "fairlead_probe_" + std::to_string(::getpid());
    if (!succeeds("ip netns add " + probe)) return "network namespaces are not allowed here";
    succeeds("ip netns del " + probe);
    return {};
}

// The addresses are of the range that is kept for measurements (RFC 2544), a net of its own for each process.
NetworkNamespace::NetworkNamespace() {
    const std::string id = std::to_string(::getpid());
    const std::string net = "198.18." + std::to_string(::getpid() % 256) + ".";
    name_ = "fairlead_" + id;
    link_ = "fl" + id;
    outside_ = net + "1";
    first_ = net + "2";
    second_ = net + "3";
    try {
        command("netns add " + name_);
        command("link add " + link_ + " type veth peer name inside netns " + name_);
        command("addr add " + outside_ + "/24 dev " + link_);
        command("link set " + link_ + " up");
        for (const std::string& address : {first_, second_})
            command("-n " + name_ + " addr add " + address + "/24 dev inside");
        command("-n " + name_ + " link set inside up");
    } catch (...) {
        succeeds("ip netns del " + name_);
        throw;
    }
}

// The link goes with its inner end.
NetworkNamespace::~NetworkNamespace() {
    succeeds("ip netns del " + name_);
}

void NetworkNamespace::command(const std::string& line) const {
    if (!succeeds("ip " + line)) throw std::runtime_error("ip " + line + " fails");
}

void NetworkNamespace::inside(const std::function<void()>& act) const {
    const client::Descriptor space(::open(("/run/netns/" + name_).c_str(), O_RDONLY | O_CLOEXEC));
    int entered = -1;
    std::thread([&] {
        entered = ::setns(space.get(), CLONE_NEWNET);
        if (entered == 0) act();
    }).join();
    if (entered != 0) throw std::runtime_error("cannot enter the network namespace");
}

void NetworkNamespace::prefer_second() const {
    command("-n " + name_ + " route replace " + outside_ + "/32 dev inside src " + second_);
}

}  // namespace fairlead::support
