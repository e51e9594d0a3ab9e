// SPDX-License-Identifier: Apache-2.0
#include "unit/wire/transcript.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <msgpack.hpp>
#include <sstream>
#include <stdexcept>

#include "unit/wire/frames.h"

namespace fairlead::wire::test {
namespace {

/// One file, line by line.
class TranscriptReader {
public:
    TranscriptReader(const std::filesystem::path& path, std::vector<TranscriptFrame>& frames,
                     std::size_t& message)
        : name_(path.filename().string()), in_(path), frames_(frames), message_(message) {}

    void read() {
        ++message_;
        for (std::string line; std::getline(in_, line);) {
            ++number_;
            read_line(line);
        }
    }

private:
    void read_line(const std::string& line) {
        switch (line.empty() ? '\0' : line[0]) {
            case '\0':
                ++message_;
                break;
            case '#':
                break;
            case '>':
            case '<':
            case '!':
                begin_frame(line);
                break;
            case '~':
                to_ = &frame().header;
                append(line);
                break;
            case '=':
                to_ = &frame().canonical;
                append(line);
                break;
            case '+':
                to_ = &frame().payload;
                append(line);
                break;
            case ' ':
                append(line);
                break;
            default:
                throw std::runtime_error(place() + ": no such line");
        }
    }

    void begin_frame(const std::string& line) {
        TranscriptFrame& begun = frames_.emplace_back();
        begun.place = place();
        begun.direction = line[0];
        begun.message = message_;
        const std::size_t space = line.find(' ', 2);
        const bool refused = line[0] == '!';
        begun.kind = refused ? line.substr(2) : line.substr(2, space - 2);
        begun.notation = refused ? "" : line.substr(space + 1);
        to_ = nullptr;
    }

    void append(const std::string& line) {
        if (to_ == nullptr) {
            throw std::runtime_error(place() + ": bytes of nothing");
        }
        to_->append(from_hex(line));
    }

    TranscriptFrame& frame() {
        if (frames_.empty()) {
            throw std::runtime_error(place() + ": no frame before this line");
        }
        return frames_.back();
    }

    std::string place() const { return name_ + ":" + std::to_string(number_); }

    std::string name_;
    std::ifstream in_;
    std::vector<TranscriptFrame>& frames_;
    std::size_t& message_;
    std::size_t number_ = 0;
    std::string* to_ = nullptr;
};

void note(const msgpack::object& value, std::ostream& out);

void note_bin(const msgpack::object_bin& bin, std::ostream& out) {
    constexpr char kDigits[] = "0123456789abcdef";
    out << "h'";
    for (std::uint32_t i = 0; i < bin.size; ++i) {
        const auto byte = static_cast<unsigned char>(bin.ptr[i]);
        out << kDigits[byte >> 4] << kDigits[byte & 15];
    }
    out << "'";
}

template <typename Item, typename Each>
void note_list(const Item* items, std::uint32_t size, const char* brackets, const Each& each,
               std::ostream& out) {
    out << brackets[0];
    for (std::uint32_t i = 0; i < size; ++i) {
        out << (i == 0 ? "" : ", ");
        each(items[i]);
    }
    out << brackets[1];
}

void note(const msgpack::object& value, std::ostream& out) {
    switch (value.type) {
        case msgpack::type::NIL:
            out << "null";
            break;
        case msgpack::type::BOOLEAN:
            out << (value.via.boolean ? "true" : "false");
            break;
        case msgpack::type::POSITIVE_INTEGER:
            out << value.via.u64;
            break;
        case msgpack::type::STR:
            out << '"' << std::string_view(value.via.str.ptr, value.via.str.size) << '"';
            break;
        case msgpack::type::BIN:
            note_bin(value.via.bin, out);
            break;
        case msgpack::type::ARRAY:
            note_list(
                value.via.array.ptr, value.via.array.size, "[]", [&](const auto& item) { note(item, out); },
                out);
            break;
        case msgpack::type::MAP:
            note_list(
                value.via.map.ptr, value.via.map.size, "{}",
                [&](const auto& pair) {
                    note(pair.key, out);
                    out << ": ";
                    note(pair.val, out);
                },
                out);
            break;
        default:
            throw std::runtime_error("no notation for this type");
    }
}

}  // namespace

std::vector<TranscriptFrame> read_transcripts(const std::string& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::vector<TranscriptFrame> frames;
    std::size_t message = 0;
    for (const std::filesystem::path& file : files) {
        TranscriptReader(file, frames, message).read();
    }
    for (TranscriptFrame& frame : frames) {
        frame.header = frame.header.empty() ? frame.canonical : frame.header;
    }
    return frames;
}

std::string to_notation(const std::string& bytes) {
    std::ostringstream out;
    const msgpack::object_handle value = msgpack::unpack(bytes.data(), bytes.size());
    note(value.get(), out);
    return out.str();
}

}  // namespace fairlead::wire::test
