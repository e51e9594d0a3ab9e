// SPDX-License-Identifier: Apache-2.0
// RFC 6455 section 8.1: text is UTF-8, also over fragments, and what is not is refused as soon as it shows.
#include "abuse/table.h"

namespace fairlead::abuse {
namespace {

std::string quoted(std::string_view bytes) {
    return "\"" + std::string(bytes) + "\"";
}

TEST_CASE("text that is UTF-8 is delivered as it is", "[utf8]") {
    std::vector<FrameCase> rows;
    for (const char* value : {"hello", "\xc2\xa2", "\xdf\xbf", "\xe0\xa0\x80", "\xe2\x82\xac", "\xed\x9f\xbf",
                              "\xee\x80\x80", "\xef\xbb\xbf", "\xef\xbf\xbd", "\xef\xbf\xbe", "\xef\xbf\xbf",
                              "\xf0\x90\x80\x80", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf",
                              "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", "\x7f", "\xc2\x80"}) {
        rows.push_back({value, text(publish(quoted(value))), {echoed(quoted(value)), kPublished}, {}});
    }
    play_all(broker_url(), rows);
}

const std::vector<std::string>& broken() {
    static const std::vector<std::string> list{
        "\x80",                      // a continuation byte alone
        "\xbf",                      //
        "\x80\xbf\x80\xbf",          //
        "\xc2",                      // the second byte is missing
        "\xe2\x82",                  // the third
        "\xf0\x9f\x98",              // the fourth
        "\xe2\x28\xa1",              // a wrong second byte
        "\xe2\x82\x28",              // a wrong third byte
        "\xf0\x9f\x28\x80",          //
        "\xc0\x80",                  // overlong NUL
        "\xc0\xaf",                  // overlong '/'
        "\xc1\xbf",                  //
        "\xe0\x80\xaf",              //
        "\xe0\x9f\xbf",              //
        "\xf0\x80\x80\xaf",          //
        "\xf0\x8f\xbf\xbf",          //
        "\xed\xa0\x80",              // surrogates
        "\xed\xaf\xbf",              //
        "\xed\xb0\x80",              //
        "\xed\xbf\xbf",              //
        "\xed\xa0\x80\xed\xb0\x80",  //
        "\xf4\x90\x80\x80",          // over U+10FFFF
        "\xf5\x80\x80\x80",          //
        "\xf8\x88\x80\x80\x80",      // five bytes
        "\xfc\x84\x80\x80\x80\x80",  // six bytes
        "\xfe",                      //
        "\xff",                      //
    };
    return list;
}

std::string hex(const std::string& bytes) {
    std::string out;
    for (const char c : bytes) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        out += kDigits[static_cast<unsigned char>(c) >> 4];
        out += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

TEST_CASE("T18: text that is no UTF-8 is refused", "[utf8]") {
    std::vector<FrameCase> rows;
    for (const auto& bytes : broken()) {
        const std::string message = publish(quoted("a" + bytes + "b"));
        rows.push_back({hex(bytes), text(message), {}, {kBadUtf8}});
        rows.push_back(
            {hex(bytes) + " after a good command", text(kCommand) + text(message), {kReply}, {kBadUtf8}});
        rows.push_back(
            {hex(bytes) + " outside of a string", text(kCommand + bytes), {}, {kBadUtf8, kBadRequest}});
    }
    play_all(broker_url(), rows);
}

TEST_CASE("T18: a code point may be cut by a fragment, and must be whole in the end", "[utf8]") {
    const std::string smile = "\xf0\x9f\x98\x80";
    std::vector<FrameCase> rows;
    for (std::size_t at = 1; at < smile.size(); ++at) {
        const std::string message = publish(quoted(smile));
        const std::size_t cut = message.find(smile) + at;
        rows.push_back(
            {"cut after " + std::to_string(at),
             frame(kMore, kText, message.substr(0, cut)) + frame(kFinal, kContinuation, message.substr(cut)),
             {echoed(quoted(smile)), kPublished},
             {}});
        rows.push_back({"cut after " + std::to_string(at) + ", with a ping between",
                        frame(kMore, kText, message.substr(0, cut)) + frame(kFinal, kPing, "p") +
                            frame(kFinal, kContinuation, message.substr(cut)),
                        {"pong p", echoed(quoted(smile)), kPublished},
                        {}});
        rows.push_back({"ends after " + std::to_string(at), text(message.substr(0, cut)), {}, {kBadUtf8}});
        rows.push_back({"ends after " + std::to_string(at) + " by an empty last fragment",
                        frame(kMore, kText, message.substr(0, cut)) + frame(kFinal, kContinuation, ""),
                        {},
                        {kBadUtf8}});
        rows.push_back({"another character after " + std::to_string(at),
                        frame(kMore, kText, message.substr(0, cut)) + frame(kFinal, kContinuation, "a\"}"),
                        {},
                        {kBadUtf8}});
    }
    play_all(broker_url(), rows);
}

TEST_CASE("T18: what cannot become UTF-8 is refused before the message ends", "[utf8]") {
    std::vector<FrameCase> rows;
    for (const std::string bad : {"\xff", "\xc0", "\xed\xa0", "\xf4\x90", "a\x80"}) {
        FrameSpec half;
        half.declared_bytes = 1000;
        rows.push_back({hex(bad) + " in a first fragment", frame(kMore, kText, "{\"" + bad), {}, {kBadUtf8}});
        rows.push_back({hex(bad) + " in a middle one",
                        frame(kMore, kText, "{\"") + frame(kMore, kContinuation, bad),
                        {},
                        {kBadUtf8}});
        rows.push_back({hex(bad) + " in the first bytes of a frame",
                        client::encode_frame(half, "{\"" + bad),
                        {},
                        {kBadUtf8}});
    }
    play_all(broker_url(), rows);
}

}  // namespace
}  // namespace fairlead::abuse
