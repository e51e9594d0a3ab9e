// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The record that an audit is made of: what each process saw, one line each, in a file that is only appended
/// to.
namespace fairlead::audit {

/// What a line says. In brackets: which members of a Record it has besides the stamp.
enum class Kind : std::uint8_t {
    channel,      ///< there is such a channel, and these are its rules (channel, flags)
    publish,      ///< a publisher begins to publish (actor, channel, seq, digest)
    ok,           ///< the broker acknowledged it (actor, channel, seq, epoch, offset; code = clients reached)
    fail,         ///< refused, or never sent (actor, channel, seq, code)
    unknown,      ///< nobody knows (actor, channel, seq, code); a publish without an outcome is the same
    subscribing,  ///< a subscriber asks (actor, session, channel, flags; epoch and offset to recover from)
    subscribed,   ///< the broker's reply (actor, session, channel, flags, epoch, offset)
    refused,      ///< the broker's other reply (actor, session, channel, code)
    delivery,     ///< (actor, session, channel, flags, epoch, offset, publisher, seq, digest)
    notice,       ///< the broker ended the subscription (actor, session, channel, code)
    leaving,      ///< the subscriber ended it (actor, session, channel)
    lost,         ///< the connection ended (actor, session; code = of the close frame, 0 = none came)
    done,         ///< the subscriber saw what was published last, and stops (actor, session, channel)
    frozen,       ///< the subscriber stops reading (actor)
    thawed,       ///< it reads again (actor)
    began,        ///< a broker is about to begin, and the one before has ended
    gone,         ///< a publisher was killed (actor)
    counting,     ///< the broker is asked for its counts, with all queues empty
    counted,      ///< ... and answers (channel = the name of the count; offset = the count)
    asked,        ///< a request begins (actor, channel = the topic, seq, flags)
    answered,     ///< its outcome came (actor, seq, code = 0 for a reply, digest of the reply)
    ran,          ///< a handler begins (actor = its process, publisher = who asked, channel, seq)
};

// Flags of `channel`.
constexpr std::uint8_t kHistory = 1;  ///< it has a stream: offsets without holes, and recovery
constexpr std::uint8_t kCache = 2;    ///< recovery gives the newest publication only
constexpr std::uint8_t kDrops = 4;    ///< a reader that is too slow misses publications and stays
// Flags of `subscribing`.
constexpr std::uint8_t kRecover = 1;
// Flags of `subscribed`.
constexpr std::uint8_t kWasRecovering = 1;
constexpr std::uint8_t kRecovered = 2;
// Flags of `asked`.
constexpr std::uint8_t kIdempotent = 1;  ///< it may run more than once
// Code of `answered`: the caller's connection ended, and nobody knows.
constexpr std::uint32_t kCut = 0xffff;
// Flags of `delivery`.
constexpr std::uint8_t kReplayed = 1;  ///< it stood in the reply to subscribe

/// One line. Names of channels and epochs are numbers of History's tables; 0 = none.
struct Record {
    std::int64_t stamp = 0;  ///< ns of the steady clock, which all processes of a machine share
    std::uint64_t offset = 0;
    std::uint32_t actor = 0;    ///< the publisher or subscriber that writes; numbers are unique in a history
    std::uint32_t session = 0;  ///< the number of the connection of the subscriber, from 1
    std::uint32_t channel = 0;
    std::uint32_t epoch = 0;
    std::uint32_t publisher = 0;
    std::uint32_t seq = 0;     ///< counts the publications of one publisher in one channel, from 1
    std::uint32_t digest = 0;  ///< of the payload
    std::uint32_t code = 0;
    std::uint32_t line = 0;  ///< of its file, from 1
    std::uint16_t file = 0;
    Kind kind = Kind::channel;
    std::uint8_t flags = 0;
};

/// Texts and their numbers, from 1; 0 is the empty text. Threads: one at a time.
class Names {
public:
    Names() { number_of({}); }
    std::uint32_t number_of(std::string_view name);
    const std::string& name_of(std::uint32_t number) const { return names_[number]; }
    std::size_t size() const { return names_.size(); }

private:
    std::vector<std::string> names_;
    std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

/// What all processes of a run recorded. Records of one actor stand in the order in which it made them.
/// Threads: one at a time.
struct History {
    std::vector<Record> records;
    Names channels;
    Names epochs;
    std::vector<std::string> files;

    /// "subscriber-3.log:120: delivery of ..." for people.
    std::string describe(const Record& record) const;
};

/// Reads a file to the end of the history. The last line of a process that was killed may be torn: it is
/// passed over. Throws std::runtime_error naming the line when anything else is no record.
void read_file(const std::string& path, History& history);

/// A line to write. An absent stamp is now.
struct Line {
    Kind kind = Kind::channel;
    std::uint32_t actor = 0;
    std::uint32_t session = 0;
    std::string_view channel = {};
    std::string_view epoch = {};
    std::uint64_t offset = 0;
    std::uint32_t publisher = 0;
    std::uint32_t seq = 0;
    std::uint32_t digest = 0;
    std::uint32_t code = 0;
    std::uint8_t flags = 0;
    std::int64_t stamp = 0;
};

/// The steady clock of the machine in ns.
std::int64_t now_ns();

/// Writes the lines of one process. What was flushed outlives its death. Threads: one at a time.
class Recorder {
public:
    /// Throws std::runtime_error if the file cannot be made.
    explicit Recorder(const std::string& path);
    ~Recorder() { flush(); }
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    void put(const Line& line);
    void flush();

private:
    std::string buffer_;
    std::ofstream file_;
};

}  // namespace fairlead::audit
