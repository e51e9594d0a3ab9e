// SPDX-License-Identifier: Apache-2.0
#include "backplane/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <variant>

#include "base/curve_key.h"

namespace fairlead::backplane {
namespace {

[[noreturn]] void refuse(const std::string& endpoint, const std::string& why) {
    throw std::runtime_error("backplane: cannot listen on " + endpoint + ": " + why);
}

bool is_loopback(std::string_view host) {
    if (host == "localhost") return true;
    in_addr four{};
    if (::inet_pton(AF_INET, std::string(host).c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
    in6_addr six{};
    const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (!brackets || ::inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &six) != 1) return false;
    return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
}

bool may_be_public(const Options& options) {
    return options.keyed() || (options.insecure_no_keys && options.insecure_no_keys_confirmed);
}

void check_tcp(const std::string& endpoint, std::string_view address, const Options& options) {
    std::size_t colon = address.rfind(':');
    if (colon == std::string_view::npos) refuse(endpoint, "it has no port");
    if (!may_be_public(options) && !is_loopback(address.substr(0, colon))) {
        refuse(endpoint, "without backplane.secret_key_file only loopback addresses are allowed");
    }
}

/// ZeroMQ removes the file and takes the name over, so a broker that listens there has to be found out first.
bool somebody_listens(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    const void* plain = &address;
    bool connected = ::connect(fd, static_cast<const sockaddr*>(plain), sizeof address) == 0;
    ::close(fd);
    return connected;
}

void check_ipc(const std::string& endpoint, const std::string& path) {
    if (path == "*") return;  // ZeroMQ makes a private folder
    if (path.empty() || path.front() == '@') refuse(endpoint, "it names no file, so anybody could connect");
    if (path.size() >= sizeof(sockaddr_un::sun_path)) refuse(endpoint, "the path is too long");
    std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) refuse(endpoint, folder.string() + " does not exist");
    if ((status.st_mode & 077U) != 0) {
        refuse(endpoint, "others may enter " + folder.string() + ": make its mode 0700");
    }
    if (somebody_listens(path)) refuse(endpoint, "another broker listens there");
}

void check(const std::string& endpoint, const Options& options) {
    if (endpoint.starts_with("tcp://"))
        return check_tcp(endpoint, std::string_view(endpoint).substr(6), options);
    if (endpoint.starts_with("ipc://")) return check_ipc(endpoint, endpoint.substr(6));
    refuse(endpoint, "it is neither tcp:// nor ipc://");
}

std::string bind(base::ZmqSocket& socket, const std::string& endpoint, const Options& options) {
    check(endpoint, options);
    zmq::socket_t& raw = socket.raw();
    try {
        raw.set(zmq::sockopt::ipv6, endpoint.find('[') != std::string::npos);
        raw.bind(endpoint);
    } catch (const zmq::error_t& fault) {
        if (fault.num() == EADDRINUSE)
            refuse(endpoint, "another program listens there; is a broker running?");
        refuse(endpoint, fault.what());
    }
    return raw.get(zmq::sockopt::last_endpoint);
}

/// What is bound from here on has this key. Ours is wiped; what libzmq keeps of it we cannot reach.
void hand_over_key(base::ZmqSocket& socket, const std::string& path) {
    auto read = base::read_key_file(path);
    if (const auto* why = std::get_if<std::string>(&read)) throw std::runtime_error("backplane: " + *why);
    socket.serve_keyed(std::get<base::SecretKey>(read), std::string(kZapDomain));
}

}  // namespace

std::vector<std::string> listen(base::ZmqSocket& socket, const Options& options) {
    std::vector<std::string> bound;
    if (options.keyed()) hand_over_key(socket, options.secret_key_file);
    for (const std::string& endpoint : options.listen)
        bound.push_back(bind(socket, endpoint, options));
    if (!options.keyed() || options.previous_listen.empty()) return bound;
    hand_over_key(socket, options.previous_secret_key_file);
    for (const std::string& endpoint : options.previous_listen)
        bound.push_back(bind(socket, endpoint, options));
    return bound;
}

}  // namespace fairlead::backplane
