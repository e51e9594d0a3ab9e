// SPDX-License-Identifier: Apache-2.0
#include "support/keys.h"

#include <fairlead/keys.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace fairlead::support {

KeyFolder::KeyFolder() {
    char name[] = "/tmp/fairlead-keys-XXXXXX";
    if (::mkdtemp(name) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

KeyFolder::~KeyFolder() {
    std::filesystem::remove_all(path_);
}

std::string KeyFolder::key(std::string_view name) {
    const auto made =
        std::filesystem::exists(path(name)) ? public_key_of(path(name)) : make_key_file(path(name));
    if (!made) throw std::runtime_error(made.error().message);
    return *made;
}

std::string KeyFolder::secret(std::string_view name) {
    key(name);
    std::ifstream in(path(name));
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto begin = text.find("secret_key = \"") + 14;
    return text.substr(begin, 40);
}

void KeyFolder::configure(std::string_view tables, std::string_view more) {
    key("broker");
    std::ofstream out(path("fairlead.toml"));
    out << "[client]\nanonymous = true\ntopics = [\">\"]\ncommands = 1000000\ncommands_burst = "
           "1000000\n\n[backplane]\nsecret_key_file = \""
        << path("broker") << "\"\n"
        << more << "\n[[namespace]]\nname = \"*\"\nsubscribe = [\"anyone\"]\npublish = [\"nobody\"]\n\n"
        << tables;
}

std::vector<std::string> KeyFolder::options(int threads) const {
    return {"--config", path("fairlead.toml"), "--set", "websocket.threads=" + std::to_string(threads),
            "--set",    "log.level=debug"};
}

ServiceOptions KeyFolder::service(const std::string& address, std::string_view name, std::string_view broker,
                                  Inbox<std::string>* log) {
    ServiceOptions options;
    options.brokers = {address};
    options.server_keys = {key(broker)};
    key(name);
    options.key_file = path(name);
    options.log_level = LogLevel::debug;
    options.log = [log](LogLevel, std::string_view line) {
        if (log != nullptr) log->put(std::string(line));
    };
    return options;
}

std::string table_of(std::string_view name, const std::string& key, std::string_view rights) {
    return "[[service]]\nname = \"" + std::string(name) + "\"\npublic_key = \"" + key + "\"\n" +
           std::string(rights) + "\n";
}

}  // namespace fairlead::support
