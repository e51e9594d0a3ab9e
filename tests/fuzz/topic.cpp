// SPDX-License-Identifier: Apache-2.0
// Lines of text: the last is a topic or channel, the others are patterns. The topic map must find what
// comparing the patterns one by one finds, and the name must be judged without a crash.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "wire/channel.h"
#include "wire/limits.h"
#include "wire/topic.h"
#include "wire/topic_map.h"
#include "wire/utf8.h"

namespace {

using namespace fairlead::wire;

void require(bool truth) {
    if (!truth) std::abort();
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines(1);
    for (const char c : text) {
        if (c == '\n') {
            lines.emplace_back();
        } else {
            lines.back() += c;
        }
    }
    return lines;
}

void check_map(const std::set<std::string>& patterns, const std::string& topic) {
    TopicMap<std::string> map;
    std::set<std::string> expected;
    std::size_t valid = 0;
    for (const std::string& pattern : patterns) {
        require(map.insert(pattern, pattern).second == valid_pattern(pattern));
        valid += valid_pattern(pattern) ? 1 : 0;
        if (matches(pattern, topic)) expected.insert(pattern);
    }
    require(map.size() == valid);
    std::vector<std::string> found;
    map.find_all(topic, [&](const std::string& pattern) { found.push_back(pattern); });
    require(std::set<std::string>(found.begin(), found.end()) == expected && found.size() == expected.size());
    const std::string* best = map.find(topic);
    require(best == nullptr ? found.empty() : *best == found.front());
    for (const std::string& pattern : patterns) {
        require(map.erase(pattern) == valid_pattern(pattern));
    }
    require(map.empty() && map.find(topic) == nullptr);
}

void check_name(const std::string& name) {
    if (valid_topic(name)) require(valid_pattern(name) && matches(name, name));
    if (valid_channel(name)) require(valid_utf8(name) && name.size() <= kMaxChannelBytes);
    if (valid_user(name)) require(valid_channel(user_channel(name)) && user_of(user_channel(name)) == name);
    const std::string_view cut = truncate_utf8(name, name.size() / 2);
    if (valid_utf8(name)) require(valid_utf8(cut));
    require(namespace_of(name).size() <= name.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<std::string> lines = lines_of(std::string(data, data + size));
    const std::string name = lines.back();
    lines.pop_back();
    check_name(name);
    check_map({lines.begin(), lines.end()}, name);
    return 0;
}
