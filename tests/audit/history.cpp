// SPDX-License-Identifier: Apache-2.0
#include "audit/history.h"

#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <stdexcept>

namespace fairlead::audit {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

// The form of a line: a letter for its kind, the stamp, and these columns. The letters of columns: a actor, n
// session, c channel, e epoch, o offset, p publisher, s seq, d digest, x code, f flags.
struct Form {
    char letter;
    std::string_view columns;
    std::string_view words;
};

constexpr std::array<Form, 22> kForms{{{'C', "cf", "channel"},
                                       {'P', "acsd", "publish"},
                                       {'K', "acseox", "ok"},
                                       {'F', "acsx", "fail"},
                                       {'U', "acsx", "unknown"},
                                       {'Q', "ancfeo", "subscribing"},
                                       {'S', "ancfeo", "subscribed"},
                                       {'R', "ancx", "refused"},
                                       {'D', "ancfeopsd", "delivery"},
                                       {'N', "ancx", "notice"},
                                       {'X', "anc", "leaving"},
                                       {'L', "anx", "lost"},
                                       {'E', "anc", "done"},
                                       {'Z', "a", "frozen"},
                                       {'T', "a", "thawed"},
                                       {'B', "", "began"},
                                       {'G', "a", "gone"},
                                       {'Y', "", "counting"},
                                       {'M', "co", "counted"},
                                       {'A', "acsf", "asked"},
                                       {'W', "asxd", "answered"},
                                       {'H', "apcs", "ran"}}};

const Form& form_of(Kind kind) {
    return kForms[static_cast<std::size_t>(kind)];
}

void put_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(1, ' ').append(digits.data(), end);
}

void put_name(std::string& out, std::string_view name) {
    out.append(1, ' ').append(name.empty() ? "-" : name);
}

void put_column(std::string& out, const Line& line, char column) {
    switch (column) {
        case 'a':
            return put_number(out, line.actor);
        case 'n':
            return put_number(out, line.session);
        case 'c':
            return put_name(out, line.channel);
        case 'e':
            return put_name(out, line.epoch);
        case 'o':
            return put_number(out, line.offset);
        case 'p':
            return put_number(out, line.publisher);
        case 's':
            return put_number(out, line.seq);
        case 'd':
            return put_number(out, line.digest);
        case 'x':
            return put_number(out, line.code);
        default:
            return put_number(out, line.flags);
    }
}

std::string_view next_word(std::string_view& rest) {
    const auto end = std::min(rest.find(' '), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
}

template <typename T>
bool read_number(std::string_view word, T& into) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), into);
    return error == std::errc() && end == word.data() + word.size();
}

bool read_name(std::string_view word, Names& names, std::uint32_t& into) {
    if (word != "-") into = names.number_of(word);
    return !word.empty();
}

bool read_column(std::string_view word, char column, History& history, Record& record) {
    switch (column) {
        case 'a':
            return read_number(word, record.actor);
        case 'n':
            return read_number(word, record.session);
        case 'c':
            return read_name(word, history.channels, record.channel);
        case 'e':
            return read_name(word, history.epochs, record.epoch);
        case 'o':
            return read_number(word, record.offset);
        case 'p':
            return read_number(word, record.publisher);
        case 's':
            return read_number(word, record.seq);
        case 'd':
            return read_number(word, record.digest);
        case 'x':
            return read_number(word, record.code);
        default:
            return read_number(word, record.flags);
    }
}

bool read_line(std::string_view line, History& history, Record& record) {
    const auto letter = next_word(line);
    std::size_t kind = 0;
    while (kind < kForms.size() && letter != std::string_view(&kForms[kind].letter, 1))
        ++kind;
    if (kind == kForms.size() || !read_number(next_word(line), record.stamp)) return false;
    record.kind = static_cast<Kind>(kind);
    for (const char column : kForms[kind].columns) {
        if (!read_column(next_word(line), column, history, record)) return false;
    }
    return line.empty();
}

std::string read_whole(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error{"cannot read " + path};
    std::string text(std::filesystem::file_size(path), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    return text;
}

}  // namespace

std::uint32_t Names::number_of(std::string_view name) {
    if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(names_.size());
    numbers_.emplace(names_.emplace_back(name), number);
    return number;
}

std::string History::describe(const Record& record) const {
    const Form& form = form_of(record.kind);
    const Line line{record.kind,
                    record.actor,
                    record.session,
                    channels.name_of(record.channel),
                    epochs.name_of(record.epoch),
                    record.offset,
                    record.publisher,
                    record.seq,
                    record.digest,
                    record.code,
                    record.flags,
                    record.stamp};
    std::string out = record.file < files.size() ? files[record.file] : std::string("memory");
    out.append(":").append(std::to_string(record.line)).append(": ").append(form.words);
    for (const char column : form.columns) {
        if (column != 'd') put_column(out, line, column);
    }
    return out;
}

void read_file(const std::string& path, History& history) {
    const std::string text = read_whole(path);
    const auto file = static_cast<std::uint16_t>(history.files.size());
    history.files.push_back(std::filesystem::path(path).filename().string());
    std::uint32_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        if (end == std::string::npos) return;  // torn
        Record record;
        record.file = file;
        record.line = ++number;
        if (!read_line(std::string_view(text).substr(begin, end - begin), history, record))
            throw std::runtime_error{path + ":" + std::to_string(number) + ": no record"};
        history.records.push_back(record);
        begin = end + 1;
    }
}

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Recorder::Recorder(const std::string& path) : file_(path, std::ios::binary | std::ios::trunc) {
    if (!file_) throw std::runtime_error{"cannot write " + path};
}

void Recorder::put(const Line& line) {
    const Form& form = form_of(line.kind);
    buffer_ += form.letter;
    put_number(buffer_, static_cast<std::uint64_t>(line.stamp != 0 ? line.stamp : now_ns()));
    for (const char column : form.columns)
        put_column(buffer_, line, column);
    buffer_ += '\n';
    if (buffer_.size() > kBufferBytes) flush();
}

void Recorder::flush() {
    file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    file_.flush();
    buffer_.clear();
}

}  // namespace fairlead::audit
