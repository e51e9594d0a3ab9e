// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over saved inputs without a fuzzing engine, so that each corpus is an ordinary test:
//   fuzz_<target> FILE-OR-FOLDER...
// The empty input always runs first. Fails if an argument is missing or holds no file.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const fs::path& argument) {
    if (fs::is_regular_file(argument)) return {argument};
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator{argument}) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
}

bool run_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return false;
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const std::vector<std::uint8_t> input{bytes.begin(), bytes.end()};
    LLVMFuzzerTestOneInput(input.data(), input.size());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint8_t nothing = 0;
    LLVMFuzzerTestOneInput(&nothing, 0);
    for (int i = 1; i < argc; ++i) {
        const auto files = fs::exists(argv[i]) ? files_of(argv[i]) : std::vector<fs::path>{};
        if (files.empty()) return std::fprintf(stderr, "no input in %s\n", argv[i]), 2;
        for (const auto& file : files) {
            if (!run_file(file)) return std::fprintf(stderr, "cannot read %s\n", file.c_str()), 2;
        }
        std::printf("%s: %zu inputs\n", argv[i], files.size());
    }
    return 0;
}
