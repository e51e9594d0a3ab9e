// SPDX-License-Identifier: Apache-2.0
#include "wire/fields.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "unit/wire/frames.h"

namespace fairlead::wire {
namespace {

struct Anything {
    template <typename T>
    operator T() const;  // never called, only looked at
};

/// How many members an aggregate has.
template <typename T, typename... Members>
constexpr std::size_t member_count() {
    if constexpr (requires { T{Members{}..., Anything{}}; }) {
        return member_count<T, Members..., Anything>();
    } else {
        return sizeof...(Members);
    }
}

template <typename T>
constexpr bool kAllListed = member_count<T>() == kFieldCount<T>;

static_assert(kAllListed<Caller> && kAllListed<Endpoint> && kAllListed<Interest>);
static_assert(kAllListed<Greeting> && kAllListed<Welcome> && kAllListed<Refusal> && kAllListed<Who>);
static_assert(kAllListed<Heartbeat> && kAllListed<Probe> && kAllListed<Drain> && kAllListed<Goodbye>);
static_assert(kAllListed<Request> && kAllListed<Reply> && kAllListed<Error> && kAllListed<Returned>);
static_assert(kAllListed<Cancel> && kAllListed<Event> && kAllListed<Publication> && kAllListed<Push>);
static_assert(kAllListed<Control> && kAllListed<Ack> && kAllListed<Revoke>);
static_assert(kAllListed<Told> && kAllListed<Heard> && kAllListed<SessionEvent>);
static_assert(kAllListed<Window> && kAllListed<Lease> && kAllListed<Release> && kAllListed<Claim>);
static_assert(kAllListed<HookQuestion> && kAllListed<HookAnswer>);

/// "name (kind)" or "name" to the field names below such a heading of the document.
std::map<std::string, std::vector<std::string>> documented_fields() {
    std::ifstream document("../docs/backplane-protocol.md");
    std::map<std::string, std::vector<std::string>> tables;
    std::string heading;
    for (std::string line; std::getline(document, line);) {
        if (line.starts_with("#")) {
            heading = line.substr(line.find_first_not_of("# "));
            tables[heading];
        } else if (line.starts_with("| ") && std::isdigit(static_cast<unsigned char>(line[2])) != 0) {
            std::istringstream cells(line);
            std::string bar, number, name;
            cells >> bar >> number >> bar >> name;
            CHECK(std::stoul(number) == tables[heading].size() + 1);
            tables[heading].push_back(name);
        }
    }
    return tables;
}

template <typename F>
std::vector<std::string> listed_fields() {
    return std::apply(
        [](const auto&... field) { return std::vector<std::string>{std::string(field.name)...}; },
        Fields<F>::kList);
}

}  // namespace

TEST_CASE("the document has the same fields in the same order", "[wire][docs]") {
    const auto documented = documented_fields();
    const auto check = [&](const std::string& heading, const std::vector<std::string>& fields) {
        INFO(heading);
        REQUIRE(documented.count(heading) == 1);
        CHECK(documented.at(heading) == fields);
    };
    check("Caller", listed_fields<Caller>());
    check("Endpoint", listed_fields<Endpoint>());
    check("Interest", listed_fields<Interest>());
    check("Hook question", listed_fields<HookQuestion>());
    check("Hook answer", listed_fields<HookAnswer>());
    check("Session event", listed_fields<SessionEvent>());
    test::for_each_frame([&](const auto& frame) {
        using F = std::decay_t<decltype(frame)>;
        check(std::string(Fields<F>::kName) + " (" + std::to_string(static_cast<int>(F::kKind)) + ")",
              listed_fields<F>());
    });
}

TEST_CASE("no two frames have the same kind", "[wire][frame]") {
    std::set<Kind> kinds;
    test::for_each_frame([&](const auto& frame) { kinds.insert(frame.kKind); });
    CHECK(kinds.size() == test::Known<Frame>::kCount);
}

}  // namespace fairlead::wire
