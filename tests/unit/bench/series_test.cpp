// SPDX-License-Identifier: Apache-2.0
#include "bench/series.h"

#include <catch2/catch.hpp>

#include "bench/digits.h"
#include "bench/report.h"

namespace fairlead::bench {
namespace {

TEST_CASE("a series is summed up by its middle and its ends", "[series]") {
    Series series;
    CHECK(series.median() == 0);
    for (const double value : {5.0, 1.0, 3.0})
        series.add(value);
    CHECK(series.median() == 3);
    CHECK(series.min() == 1);
    CHECK(series.max() == 5);
    series.add(4);
    CHECK(series.median() == 3.5);
}

TEST_CASE("percentiles are samples", "[series]") {
    std::vector<float> samples;
    CHECK(percentile(samples, 0.5) == 0);
    for (int i = 100; i >= 0; --i)
        samples.push_back(static_cast<float>(i));
    CHECK(percentile(samples, 0.5) == 50);
    CHECK(percentile(samples, 0.99) == 99);
    CHECK(percentile(samples, 1.0) == 100);
}

TEST_CASE("numbers of a fixed width are written into a template and read back", "[digits]") {
    std::string text = "[0000000000]";
    write_digits(text, 1, 1234567890);
    CHECK(text == "[1234567890]");
    CHECK(read_digits(text.substr(1)) == 1234567890);
    write_digits(text, 1, 7);
    CHECK(text == "[0000000007]");
    CHECK_FALSE(read_digits("12345"));
    CHECK_FALSE(read_digits("12345x7890"));
    CHECK_FALSE(read_digits("-123456789"));
}

TEST_CASE("a report says what failed, in both forms", "[report]") {
    Report report("scene");
    report.note("machine", "a \"b\"");
    Series series;
    series.add(2);
    report.add({"things a second", "things", series});
    CHECK_FALSE(report.failed());
    report.fail("one was lost");
    CHECK(report.failed());
    CHECK(report.as_table().find("things a second        2.00        2.00        2.00\n") !=
          std::string::npos);
    CHECK(report.as_table().find("FAILED: one was lost") != std::string::npos);
    CHECK(report.as_json() ==
          "{\"benchmark\":\"scene\",\"machine\":\"a "
          "\\\"b\\\"\",\"figures\":{\"things\":{\"median\":2.0,\"min\":2.0,"
          "\"max\":2.0}},\"failures\":[\"one was lost\"]}\n");
}

}  // namespace
}  // namespace fairlead::bench
