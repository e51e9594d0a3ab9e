// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fairlead::edge {

enum class Privacy : std::uint8_t {
    any,
    owner_only,  ///< refused when group or others may do anything with the file
};

/// The text of a regular file of at most 1 MiB. Nothing: `why` says, for people, what is wrong.
/// Threads: any.
std::optional<std::string> read_pem(const std::string& path, Privacy privacy, std::string& why);

/// Changes when the file does: another file under its name, its size, its time. 0 = there is none.
std::uint64_t file_stamp(const std::string& path);

}  // namespace fairlead::edge
