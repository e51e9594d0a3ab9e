// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/problem.h"
#include "config/source.h"

/// The [[token_key]] tables, which have no rows in the table of options since there are many of them.
///
/// Threads: any.
namespace fairlead::config {

inline constexpr std::string_view kTokenKeySection = "token_key";

/// One key of a [[token_key]], for docs and errors.
struct TokenKeyKey {
    std::string_view key;
    std::string_view standard;
    std::string_view what;
};

const std::vector<TokenKeyKey>& token_key_table();
std::vector<std::string> token_key_keys();

/// Reads the tables of a source that are keys of tokens; the files are not opened.
std::vector<TokenKey> read_token_keys(const Source& source, Problems& problems);

/// As a [[token_key]] table that reads to the same.
std::string dump_token_key(const TokenKey& key);

}  // namespace fairlead::config
