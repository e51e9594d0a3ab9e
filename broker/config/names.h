// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// The grammar of texts that options hold. Each says why a text is wrong and what to write instead; "" if it
/// is fine.
///
/// Threads: any.
namespace fairlead::config {

std::string refuse_address(std::string_view text);
std::string refuse_backplane_address(std::string_view text);
std::string refuse_file(std::string_view text);       ///< of a list of files
std::string refuse_path(std::string_view text);       ///< of a URL: "/connection/websocket"
std::string refuse_url(std::string_view text);        ///< "https://id.example/keys", or empty for none
std::string refuse_origin(std::string_view text);     ///< "https://example.com", "http://localhost:*"
std::string refuse_network(std::string_view text);    ///< "192.0.2.1", "10.0.0.0/8", "2001:db8::/32"

/// Whether a network is so wide that it lists nobody: wider than the widest private ones, 10.0.0.0/8 and fc00::/7.
bool is_wide_network(std::string_view text);

/// Whether a pattern of topics or of channels is nothing but wildcards: ">", "*", "*.>".
bool names_everything(std::string_view pattern);

std::string refuse_pattern(std::string_view text);    ///< topics that clients may call
std::string refuse_topic(std::string_view text);      ///< one topic, or empty for none
std::string refuse_namespace(std::string_view text);  ///< a namespace, "" or "*"

}  // namespace fairlead::config
