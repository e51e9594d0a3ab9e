// SPDX-License-Identifier: Apache-2.0
#include "layers/arrows.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace fairlead::layers {

namespace {

using Names = std::set<std::string, std::less<>>;

struct Room {
    Names sees;       // rooms it may include besides itself
    Names libraries;  // of the watched ones, those it may include
};

// "public" is sdk/include: the installed headers, which see nothing of the rest.
const std::map<std::string, Room, std::less<>> kRooms{
    {"public", {{}, {}}},
    {"base", {{}, {"zmq"}}},
    {"wire", {{"base"}, {}}},
    {"sdk", {{"public", "base", "wire"}, {"zmq"}}},
    {"core", {{"base", "wire"}, {}}},
    {"edge", {{"base", "wire", "core"}, {"asio", "openssl", "rapidjson", "websocketpp"}}},
    {"backplane", {{"base", "wire", "core"}, {"asio", "zmq"}}},
    {"auth", {{"base", "wire", "core"}, {"curl", "openssl", "rapidjson"}}},
    {"engine", {{"base", "wire", "core"}, {"asio", "hiredis"}}},
    {"admin", {{"base", "wire", "core"}, {"httplib", "prometheus"}}},
    {"testing",
     {{"public", "base", "wire", "core", "sdk", "edge", "backplane", "engine", "config"}, {"zmq"}}},
    {"config", {{"base", "wire"}, {"CLI", "toml"}}},
    {"app",
     {{"base", "wire", "core", "edge", "backplane", "auth", "engine", "admin", "config"},
      {"CLI", "asio", "openssl", "spdlog", "zmq"}}},
    {"client", {{}, {"openssl", "rapidjson"}}},
    {"cli", {{"public", "client"}, {"CLI", "openssl", "rapidjson", "toml"}}},
    {"bench", {{"public", "client"}, {"CLI", "rapidjson", "toml"}}},
    {"examples", {{"public"}, {}}},
};

const Names kLibraries{"CLI",        "asio",      "boost",    "curl",   "hiredis", "httplib",     "openssl",
                       "prometheus", "rapidjson", "simdjson", "spdlog", "toml",    "websocketpp", "zmq"};

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

// The first name of a path or of a header: "asio/ip/tcp.hpp" and "asio.hpp" are both asio, toml++/ is toml.
std::string first_name(std::string_view path) {
    const auto name = path.substr(0, path.find_first_of("/.+_"));
    return std::string{name};
}

// Which room a file lies in; empty for one outside all rooms, such as tools/quickstart.
std::string room_of_file(std::string_view path) {
    if (starts_with(path, "examples/")) return "examples";
    if (starts_with(path, "sdk/include/")) return "public";
    if (starts_with(path, "sdk/src/")) return "sdk";
    const auto inside = path.substr(path.find('/') + 1);
    const std::string room{inside.substr(0, inside.find('/'))};
    return kRooms.count(room) != 0 ? room : std::string{};
}

// Which room an include line names, if it names one of ours.
std::optional<std::string> room_of_include(std::string_view name) {
    const auto slash = name.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto folder = name.substr(0, slash);
    if (folder == "fairlead") return "public";
    if (folder == "src") return "sdk";
    const auto room = kRooms.find(folder);
    return room != kRooms.end() ? std::optional{room->first} : std::nullopt;
}

// config reads what each room can be set to, and nothing more of it.
bool is_options_for_config(std::string_view room, std::string_view include) {
    constexpr std::string_view kName = "options.h";
    return room == "config" && include.size() > kName.size() &&
           include.substr(include.size() - kName.size()) == kName;
}

void check_line(const std::string& room, const SourceFile& file, const std::string& include,
                std::vector<std::string>& wrong) {
    const Room& rules = kRooms.at(room);
    const auto target = room_of_include(include);
    if (target && *target != room && rules.sees.count(*target) == 0 &&
        !is_options_for_config(room, include)) {
        wrong.push_back(file.path + " includes " + include + ": " + room + " must not see " + *target);
    }
    const auto library = first_name(include);
    if (!target && kLibraries.count(library) != 0 && rules.libraries.count(library) == 0) {
        wrong.push_back(file.path + " includes " + include + ": " + room + " must not see " + library);
    }
}

bool is_source(const SourceFile& file) {
    return file.path.size() > 4 && file.path.compare(file.path.size() - 4, 4, ".cpp") == 0;
}

// The files that see the WebSocket library, themselves or through a header that does.
std::set<const SourceFile*> files_with_websocketpp(const std::vector<SourceFile>& files) {
    std::set<const SourceFile*> found;
    const auto sees = [&](const std::string& include) {
        if (first_name(include) == "websocketpp") return true;
        return std::any_of(found.begin(), found.end(), [&](const SourceFile* header) {
            return !is_source(*header) && header->path == "broker/" + include;
        });
    };
    for (std::size_t before = 1; before != found.size();) {
        before = found.size();
        for (const auto& file : files) {
            if (std::any_of(file.includes.begin(), file.includes.end(), sees)) found.insert(&file);
        }
        if (found.empty()) break;
    }
    return found;
}

void check_websocketpp(const std::vector<SourceFile>& files, std::vector<std::string>& wrong) {
    std::vector<std::string> sources;
    for (const auto* file : files_with_websocketpp(files)) {
        if (is_source(*file)) sources.push_back(file->path);
    }
    if (sources.size() <= 1) return;
    std::sort(sources.begin(), sources.end());
    std::string sentence = "websocketpp is seen by more than one .cpp:";
    for (const auto& path : sources)
        sentence += " " + path;
    wrong.push_back(sentence);
}

}  // namespace

std::vector<std::string> wrong_arrows(const std::vector<SourceFile>& files) {
    std::vector<std::string> wrong;
    for (const auto& file : files) {
        const auto room = room_of_file(file.path);
        if (room.empty()) continue;
        for (const auto& include : file.includes)
            check_line(room, file, include, wrong);
    }
    check_websocketpp(files, wrong);
    return wrong;
}

}  // namespace fairlead::layers
