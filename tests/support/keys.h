// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fairlead/options.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/broker.h"
#include "support/inbox.h"

namespace fairlead::support {

/// Key files and a configuration in a folder of their own, gone with this object. Threads: one.
class KeyFolder {
public:
    KeyFolder();
    ~KeyFolder();
    KeyFolder(const KeyFolder&) = delete;
    KeyFolder& operator=(const KeyFolder&) = delete;

    std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

    /// The public key of a key file, which is made at its first mention.
    std::string key(std::string_view name);
    /// The secret key of it, 40 characters.
    std::string secret(std::string_view name);

    /// Writes a configuration of a broker whose key is `broker`: every client is let in and may call and
    /// subscribe to all, as fast as it likes; `more` goes into [backplane], `tables` are [[service]] tables.
    void configure(std::string_view tables, std::string_view more = {});

    /// Command line of a broker with it and so many edge threads.
    std::vector<std::string> options(int threads = 1) const;

    /// Options of a service with that key.
    ServiceOptions service(const std::string& address, std::string_view name,
                           std::string_view broker = "broker", Inbox<std::string>* log = nullptr);

private:
    std::string path_;
};

/// A [[service]] table that may do all under one name.
std::string table_of(std::string_view name, const std::string& key, std::string_view rights);

/// Rights for tests in which rights are not the matter.
inline constexpr std::string_view kAllRights =
    "topics = [\">\"]\nlistens = [\">\"]\ncalls = [\">\"]\nemits = [\">\"]\nchannels = [\"*\"]\npush = true\n"
    "control = true\n";

}  // namespace fairlead::support
