// SPDX-License-Identifier: Apache-2.0
#include "app/memory.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <limits>
#include <stdlib.h>
#include <string>

namespace fairlead::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "fairlead-memory-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    void write(const fs::path& file, const std::string& text) const {
        fs::create_directories((path / file).parent_path());
        std::ofstream(path / file) << text;
    }
    fs::path path;
};

TEST_CASE("the least limit of a cgroup and those above it counts", "[memory]") {
    const Folder folder;
    const auto limit = [&] { return cgroup_limit(folder.path / "membership", folder.path / "root"); };
    CHECK(limit() == kNoLimit);
    folder.write("membership", "1:name=systemd:/a\n0::/a/b\n");
    CHECK(limit() == kNoLimit);
    folder.write("root/a/b/memory.max", "max\n");
    CHECK(limit() == kNoLimit);
    folder.write("root/a/memory.max", "300000000\n");
    CHECK(limit() == 300000000);
    folder.write("root/a/b/memory.max", "200000000\n");
    CHECK(limit() == 200000000);
    folder.write("root/memory.max", "100000000\n");  // as a container sees its own
    CHECK(limit() == 100000000);
    folder.write("membership", "0::/\n");
    CHECK(limit() == 100000000);
}

TEST_CASE("the process knows its memory", "[memory]") {
    CHECK(memory_limit() > 1024 * 1024);
    const std::size_t before = resident_bytes();
    CHECK(before > 100 * 1024);
    const std::string block(64 * 1024 * 1024, 'x');
    CHECK(resident_bytes() > before + block.size() / 2);
}

}  // namespace
}  // namespace fairlead::app
