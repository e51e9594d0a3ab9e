// SPDX-License-Identifier: Apache-2.0
#include "app/log_spdlog.h"

#include <rapidjson/document.h>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <random>
#include <sstream>
#include <thread>

#include "app/log_line.h"
#include "wire/utf8.h"

using namespace fairlead;
using app::LogSpdlog;
using base::LogLevel;
using config::LogFormat;

namespace {

// A log that writes into a string.
struct Written {
    explicit Written(LogFormat format, LogLevel level = LogLevel::debug)
        : log({level, format}, std::make_shared<spdlog::sinks::ostream_sink_mt>(out)) {}

    std::vector<std::string> lines() const {
        std::istringstream in(out.str());
        std::vector<std::string> all;
        for (std::string line; std::getline(in, line);)
            all.push_back(line);
        return all;
    }

    std::ostringstream out;
    LogSpdlog log;
};

rapidjson::Document parsed(const std::string& line) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
    return document;
}

std::string member(const std::string& line, const char* name) {
    const auto document = parsed(line);
    REQUIRE_FALSE(document.HasParseError());
    REQUIRE(document.IsObject());
    REQUIRE(document.HasMember(name));
    REQUIRE(document[name].IsString());
    return {document[name].GetString(), document[name].GetStringLength()};
}

const std::vector<std::string> kHostile{"\n",
                                        "\r\n{\"level\":\"error\"}",
                                        "\x1b[2J\x1b]0;title\x07",
                                        "\"}",
                                        "\\",
                                        "\\u0000",
                                        std::string("a\0b", 3),
                                        "\x7f",
                                        "\xc2\x85\xc2\x9b",
                                        "\xe2\x80\xa8\xe2\x80\xae",
                                        "\xff\xfe\xc0\xaf\xed\xa0\x80",
                                        "\xc3",
                                        "\xf0\x9f\x98",
                                        "%s%n{}%v",
                                        std::string(10'000'000, 'x'),
                                        std::string(10'000'000, '\n'),
                                        std::string(255, 'x') + "\xc3\xa4",
                                        std::string(1000, '\xff')};

}  // namespace

TEST_CASE("T46: whatever a peer sends, each line is one JSON object", "[log]") {
    for (const auto& text : kHostile) {
        Written written(LogFormat::json);
        written.log.info("client connected", {{"name", text}, {"number", 7}});
        const auto lines = written.lines();
        REQUIRE(lines.size() == 1);
        INFO(lines[0].substr(0, 400));
        CHECK(lines[0].size() < 2000);
        CHECK(wire::valid_utf8(lines[0]));
        CHECK(member(lines[0], "message") == "client connected");
        CHECK(parsed(lines[0])["number"].GetInt64() == 7);
        CHECK(member(lines[0], "name").size() <= 3 * app::kMaxFieldBytes + 3);
    }
}

TEST_CASE("T46: whatever a peer sends, each line of text is one line without controls", "[log]") {
    for (const auto& text : kHostile) {
        Written written(LogFormat::text);
        written.log.info("client connected", {{"name", text}});
        const std::string all = written.out.str();
        INFO(all.substr(0, 400));
        CHECK(all.size() < 1200);
        CHECK(std::count(all.begin(), all.end(), '\n') == 1);
        CHECK(all.back() == '\n');
        CHECK(std::none_of(all.begin(), all.end() - 1,
                           [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }));
    }
}

TEST_CASE("random bytes never break a line of JSON", "[log]") {
    std::mt19937 random(1);
    Written written(LogFormat::json);
    for (int i = 0; i < 2000; ++i) {
        std::string bytes(random() % 300, '\0');
        for (char& c : bytes)
            c = static_cast<char>(random());
        written.log.debug(bytes, {{"a", bytes}, {bytes, "b"}});
    }
    const auto lines = written.lines();
    REQUIRE(lines.size() == 2000);
    for (const auto& line : lines) {
        if (parsed(line).HasParseError()) FAIL(line);
    }
}

TEST_CASE("JSON keeps text that is fine as it is, and numbers as numbers", "[log]") {
    Written written(LogFormat::json);
    const double infinity = std::numeric_limits<double>::infinity();
    written.log.warning("slow", {{"user", "J\u00fcrgen \u65e5\u672c \"q\""},
                                 {"count", std::numeric_limits<std::int64_t>::min()},
                                 {"share", 0.25},
                                 {"large", 1e300},
                                 {"none", infinity},
                                 {"yes", true}});
    const auto lines = written.lines();
    REQUIRE(lines.size() == 1);
    CHECK(member(lines[0], "user") == "J\u00fcrgen \u65e5\u672c \"q\"");
    CHECK(member(lines[0], "level") == "warning");
    CHECK(member(lines[0], "time").size() >= 23);
    const auto document = parsed(lines[0]);
    CHECK(document["count"].GetInt64() == std::numeric_limits<std::int64_t>::min());
    CHECK(document["share"].GetDouble() == 0.25);
    CHECK(document["large"].GetDouble() == 1e300);
    CHECK(document["none"].IsNull());
    CHECK(document["yes"].GetBool());
}

TEST_CASE("a long value is cut at a character", "[log]") {
    Written written(LogFormat::json);
    written.log.info("a", {{"exact", std::string(256, 'x')},
                           {"longer", std::string(257, 'x')},
                           {"split", std::string(255, 'x') + "\u00e4"}});
    const auto lines = written.lines();
    CHECK(member(lines[0], "exact") == std::string(256, 'x'));
    CHECK(member(lines[0], "longer") == std::string(256, 'x') + "...");
    CHECK(member(lines[0], "split") == std::string(255, 'x') + "...");
}

TEST_CASE("lines below the level are not written", "[log]") {
    Written written(LogFormat::text, LogLevel::warning);
    CHECK_FALSE(written.log.enabled(LogLevel::info));
    CHECK(written.log.enabled(LogLevel::warning));
    written.log.debug("a");
    written.log.info("b");
    written.log.write(LogLevel::info, "c", {});
    written.log.warning("d");
    written.log.error("e");
    REQUIRE(written.lines().size() == 2);
    CHECK(written.lines()[0].find(" warning d") != std::string::npos);
}

TEST_CASE("a flood is left out and told of at the end", "[log]") {
    std::ostringstream out;
    {
        LogSpdlog log({LogLevel::info, LogFormat::json},
                      std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
        for (int i = 0; i < 100'000; ++i)
            log.info("token refused", {{"i", i}});
    }
    std::istringstream in(out.str());
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    std::int64_t told = 0;
    std::int64_t written = 0;
    for (const auto& line : lines) {
        const auto document = parsed(line);
        if (document.HasMember("lines")) {
            told += document["lines"].GetInt64();
        } else {
            ++written;
        }
    }
    CHECK(told + written == 100'000);
    CHECK(lines.size() < 1000);
}

TEST_CASE("lines of several threads do not mix", "[log]") {
    Written written(LogFormat::json);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&written, t] {
            for (int i = 0; i < 500; ++i)
                written.log.debug("line", {{"thread", t}, {"text", std::string(200, 'x')}});
        });
    }
    for (auto& thread : threads)
        thread.join();
    const auto lines = written.lines();
    CHECK(lines.size() == 2000);
    for (const auto& line : lines)
        CHECK_FALSE(parsed(line).HasParseError());
}
