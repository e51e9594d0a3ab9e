// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <catch2/catch.hpp>

#include <limits>

using fairlead::base::format_log_line;
using fairlead::base::Log;
using fairlead::base::LogField;
using fairlead::base::LogFields;
using fairlead::base::LogLevel;

namespace {

class CountingLog final : public Log {
public:
    bool enabled(LogLevel level) const noexcept override { return level >= LogLevel::warning; }
    void write(LogLevel, std::string_view message, LogFields fields) noexcept override {
        last = format_log_line(message, fields);
        ++lines;
    }
    std::string last;
    int lines = 0;
};

}  // namespace

TEST_CASE("a line has its message and named values", "[log]") {
    CHECK(format_log_line("started", {}) == "started");
    CHECK(format_log_line("m", {{"n", 5}, {"b", true}, {"d", 0.5}, {"t", "x y"}}) ==
          "m n=5 b=true d=0.5 t=\"x y\"");
    CHECK(format_log_line("m", {{"a", std::numeric_limits<std::int64_t>::min()}, {"b", std::uint8_t{7}}}) ==
          "m a=-9223372036854775808 b=7");
}

TEST_CASE("text of a peer cannot make lines or fields of its own", "[log]") {
    CHECK(format_log_line("m", {{"t", "a\nb\"c\\d\re\x1b\x7f\xff"}}) ==
          "m t=\"a\\nb\\\"c\\\\d\\x0de\\x1b\\x7f\\xff\"");
    CHECK(format_log_line("m", {{"t", std::string("a\0b", 3)}}) == "m t=\"a\\x00b\"");
}

TEST_CASE("long text is cut", "[log]") {
    std::string at_limit(256, 'x');
    CHECK(format_log_line("m", {{"t", at_limit}}) == "m t=\"" + at_limit + "\"");
    CHECK(format_log_line("m", {{"t", at_limit + "y"}}) == "m t=\"" + at_limit + "...\"");
}

TEST_CASE("a level that is off costs no line", "[log]") {
    CountingLog log;
    log.debug("no");
    log.info("no");
    CHECK(log.lines == 0);
    log.warning("yes", {{"n", 1}});
    log.error("yes", {{"n", 2}});
    CHECK(log.lines == 2);
    CHECK(log.last == "yes n=2");
}
