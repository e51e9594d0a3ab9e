// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// The conversations in unit/wire/transcripts, written as docs/backplane-protocol.md tells (section
/// "Transcripts").
namespace fairlead::wire::test {

struct TranscriptFrame {
    std::string place;      ///< "greeting.txt:4", for messages of a test
    char direction = 0;     ///< '>' from the service, '<' from the broker, '!' to be refused
    std::string kind;       ///< "request", or "unknown"; of a refused one why
    std::string notation;   ///< the header's array for people
    std::string header;     ///< what comes in
    std::string canonical;  ///< what a writer makes of the same frame; empty = nothing
    std::string payload;
    std::size_t message = 0;  ///< frames of the same number travel as one ZeroMQ message
};

/// All frames of all transcripts, in the order of file names. Throws std::runtime_error for a line that has
/// no sense.
std::vector<TranscriptFrame> read_transcripts(const std::string& folder);

/// A MessagePack value in the transcripts' notation.
std::string to_notation(const std::string& bytes);

}  // namespace fairlead::wire::test
