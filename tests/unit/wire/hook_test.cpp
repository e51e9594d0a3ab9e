// SPDX-License-Identifier: Apache-2.0
#include "wire/hook.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "wire/frame_writer.h"
#include "wire/limits.h"
#include "wire/topic.h"
#include "wire/topic_map.h"

namespace fairlead::wire {

TEST_CASE("each namespace has a topic of its own", "[wire][hook]") {
    CHECK(hook_topic(Hook::connect) == "_hook.connect");
    CHECK(hook_topic(Hook::refresh) == "_hook.refresh");
    CHECK(hook_topic(Hook::publish, "chat-1") == "_hook.publish.chat-1");
    CHECK(hook_topic(Hook::subscribe, "") == "_hook.subscribe._");
    CHECK(hook_topic(Hook::subscribe, "a.b") == "_hook.subscribe.a_2eb");
    CHECK(hook_topic(Hook::subscribe, "r\xc3\xa4ume") == "_hook.subscribe.r_c3_a4ume");
    std::set<std::string> topics;
    const std::vector<std::string> spaces{"", "_", "__", "*", ">", "a", "A", "a_", "a_5f", "a.b", "_2e", "."};
    for (const std::string& space : spaces) {
        INFO(space);
        const std::string topic = hook_topic(Hook::publish, space);
        CHECK(valid_topic(topic));
        CHECK(is_reserved(topic));
        CHECK(topics.insert(topic).second);
        CHECK(is_hook_pattern(topic));
        if (space != "*") CHECK(hook_pattern(Hook::publish, space) == topic);
    }
}

TEST_CASE("a namespace that is too long for a topic is covered by * alone", "[wire][hook]") {
    const std::string longest(kMaxTopicBytes - std::string("_hook.subscribe.").size(), 'a');
    CHECK(hook_topic(Hook::subscribe, longest).size() == kMaxTopicBytes);
    CHECK(hook_pattern(Hook::subscribe, longest + "a").empty());
    TopicMap<int> hooks;
    hooks.insert(hook_pattern(Hook::subscribe, "*"), 1);
    hooks.insert(hook_pattern(Hook::subscribe, "chat"), 2);
    REQUIRE(hooks.find(hook_topic(Hook::subscribe, longest + "a")) != nullptr);
    CHECK(*hooks.find(hook_topic(Hook::subscribe, longest + "a")) == 1);
    CHECK(*hooks.find(hook_topic(Hook::subscribe, "chat")) == 2);
    CHECK(*hooks.find(hook_topic(Hook::subscribe, "other")) == 1);
    CHECK(hooks.find(hook_topic(Hook::publish, "chat")) == nullptr);
}

TEST_CASE("what is a hook's pattern", "[wire][hook]") {
    for (const char* pattern : {"_hook.connect", "_hook.refresh", "_hook.subscribe.*", "_hook.publish.chat"}) {
        INFO(pattern);
        CHECK(is_hook_pattern(pattern));
    }
    for (const char* pattern :
         {"_hook", "_hook.>", "_hook.*", "_hook.connect.x", "_hook.publish", "_hook.publish.>", "_hook.publish.a.b",
          "_hook.publish.", "_hook.other", "hook.connect", ">", "*.connect", ""}) {
        INFO(pattern);
        CHECK_FALSE(is_hook_pattern(pattern));
    }
}

TEST_CASE("questions and answers come back as they went", "[wire][hook]") {
    HookQuestion question;
    question.has_token = true;
    question.channel = "chat:1";
    question.data = "\xc3";
    question.name = "js";
    question.version = "1.2";
    std::string bytes;
    write(question, bytes);
    HookReader reader;
    HookQuestion read;
    REQUIRE(reader.read(bytes, read));
    CHECK(read.has_token);
    CHECK(read.channel == "chat:1");
    CHECK(read.data == "\xc3");
    CHECK(read.name == "js");
    CHECK(read.version == "1.2");

    HookAnswer answer;
    answer.allow = true;
    answer.cache_for = Milliseconds(1500);
    answer.expires_in = 60;
    answer.user = "ann";
    answer.labels = {"admin", "staff"};
    answer.channels = {"news"};
    std::string reply;
    write(answer, reply);
    HookAnswer heard;
    REQUIRE(reader.read(reply, heard));
    CHECK(heard.allow);
    CHECK(heard.cache_for == Milliseconds(1500));
    CHECK(heard.expires_in == 60);
    CHECK(heard.user == "ann");
    CHECK(heard.labels == answer.labels);
    CHECK(heard.channels == answer.channels);
    CHECK(heard.data.empty());
}

TEST_CASE("what is absent refuses, what is unknown is passed over", "[wire][hook]") {
    HookReader reader;
    HookAnswer answer;
    answer.allow = true;
    REQUIRE(reader.read("\x90", answer));
    CHECK_FALSE(answer.allow);
    const std::string newer = std::string("\xdc\x00\x0d\xc3\x00\xa0\x00\x00", 8) + "\xc4" + std::string(1, '\0') +
                              "\xc4" + std::string(1, '\0') + "\xa0\xa0\xc4" + std::string(1, '\0') + "\x90\x90\xa1x";
    REQUIRE(reader.read(newer, answer));
    CHECK(answer.allow);
    for (const std::string& bad : {std::string(), std::string("\xc0"), std::string("\x80"), std::string("\x91\x01"),
                                   std::string("\x91"), std::string("\x90\x90")}) {
        CHECK_FALSE(reader.read(bad, answer));
    }
}

}  // namespace fairlead::wire
