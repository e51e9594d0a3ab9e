// SPDX-License-Identifier: Apache-2.0
#include "src/environment.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fairlead/fairlead.h>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>

using fairlead::LogLevel;
using fairlead::ServiceOptions;

namespace {

ServiceOptions complete(ServiceOptions options, const std::map<std::string, std::string>& variables) {
    return fairlead::detail::complete(std::move(options), [&](const char* name) {
        auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

}  // namespace

TEST_CASE("what is set holds over the environment, and that over the default", "[environment]") {
    CHECK(complete({}, {}).brokers.front() == "tcp://127.0.0.1:7000");
    CHECK(complete({}, {{"FAIRLEAD_SDK_BROKERS", " ipc:///run/b ,"}}).brokers.front() == "ipc:///run/b");
    ServiceOptions set;
    set.brokers = {"tcp://h:1"};
    set.threads = 9;
    CHECK(complete(set, {{"FAIRLEAD_SDK_BROKERS", "tcp://h:2"}}).brokers.front() == "tcp://h:1");
    CHECK(complete(set, {{"FAIRLEAD_SDK_THREADS", "2"}}).threads == 9);
    CHECK(complete({}, {{"FAIRLEAD_SDK_THREADS", "2"}}).threads == 2);
    CHECK(complete({}, {}).threads >= 4);
    CHECK(complete({}, {{"FAIRLEAD_SDK_LOG", "debug"}}).log_level == LogLevel::debug);
}

TEST_CASE("keys come from the options or the environment, and both sides have one", "[environment]") {
    using Catch::Contains;
    const std::string key = "y13=oq2}+}!!)C)2qO/XoceE/GjCdbufGc4P)=/v";
    const auto set = complete({}, {{"FAIRLEAD_SDK_SERVER_KEYS", key + "," + key}, {"FAIRLEAD_SDK_KEY_FILE", "/k"}});
    CHECK(set.server_keys == std::vector{key, key});
    CHECK(set.key_file == "/k");
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_SERVER_KEYS", key}}), Contains("key_file"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_KEY_FILE", "/k"}}), Contains("server_keys"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_SERVER_KEYS", "abc"}, {"FAIRLEAD_SDK_KEY_FILE", "/k"}}),
                      Contains("no public key"));
    ServiceOptions both;
    both.server_keys = {key};
    both.key_file = "/k";
    both.secret_key = key;
    CHECK_THROWS_WITH(complete(both, {}), Contains("both"));
    both.key_file.clear();
    CHECK(complete(both, {{"FAIRLEAD_SDK_KEY_FILE", "/k"}}).key_file.empty());
}

TEST_CASE("T41: a service refuses a key file that others may read, and a key that is none", "[environment]") {
    char name[] = "/tmp/fairlead-sdk-XXXXXX";
    const std::string folder = ::mkdtemp(name);
    ServiceOptions options;
    options.key_file = folder + "/key";
    const auto made = fairlead::make_key_file(options.key_file);
    REQUIRE(made);
    options.server_keys = {*made};
    CHECK_NOTHROW(fairlead::Service("orders", "1", options));
    ::chmod(options.key_file.c_str(), 0644);
    CHECK_THROWS_WITH(fairlead::Service("orders", "1", options), Catch::Contains("chmod 600"));
    std::filesystem::remove_all(folder);
    options.key_file.clear();
    options.secret_key = "abc";
    CHECK_THROWS_WITH(fairlead::Service("orders", "1", options), Catch::Contains("no key"));
}

TEST_CASE("what cannot be names its variable or option", "[environment]") {
    using Catch::Contains;
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_BROKERS", "tcp://a:1,tcp://b:1"}}),
                      Contains("one broker"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_BROKERS", "localhost:7000"}}), Contains("neither tcp"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_BROKERS", "tcp://localhost"}}), Contains("neither tcp"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_THREADS", "0"}}), Contains("FAIRLEAD_SDK_THREADS"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_THREADS", "4x"}}), Contains("FAIRLEAD_SDK_THREADS"));
    CHECK_THROWS_WITH(complete({}, {{"FAIRLEAD_SDK_LOG", "loud"}}), Contains("FAIRLEAD_SDK_LOG"));
    ServiceOptions options;
    options.call_timeout = std::chrono::milliseconds(0);
    CHECK_THROWS_AS(complete(options, {}), std::invalid_argument);
}
