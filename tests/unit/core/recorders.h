// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "core/ports.h"

namespace fairlead::core {

/// An edge thread that only remembers what it was told.
class EdgeRecorder final : public EdgePort {
public:
    void post(ToEdge&& message) override { posted.push_back(std::move(message)); }
    bool has_room() const override { return room; }
    Deliveries deliveries() const override { return delivered; }

    /// The next message, which must be a T.
    template <typename T>
    T take() {
        REQUIRE(!posted.empty());
        ToEdge message = std::move(posted.front());
        posted.pop_front();
        REQUIRE(std::holds_alternative<T>(message));
        return std::get<T>(std::move(message));
    }

    std::deque<ToEdge> posted;
    bool room = true;
    Deliveries delivered;
};

/// Services that take what `routed` says and remember everything.
class ServicesRecorder final : public Services {
public:
    struct Answer {
        LinkId link;
        CallId call;
        Outcome outcome;
    };

    Routed request(Request&& request) override {
        const CallId id = request.call;
        requests.push_back(std::move(request));
        if (on_request) on_request(id);
        return routed;
    }
    void cancel(CallId call) override { cancelled.push_back(call); }
    void answer(LinkId link, CallId call, Outcome&& outcome) override {
        answers.push_back({link, call, std::move(outcome)});
        if (on_answer) on_answer(answers.back());
    }
    bool listens(Subjects) const override { return listening; }
    void tell(SessionEvent&& event) override { told.push_back(std::move(event)); }
    Emitted emit(Event&& event) override {
        events.push_back(std::move(event));
        return {1, 0, 0};
    }

    Routed routed;
    std::function<void(CallId)> on_request;
    std::function<void(const Answer&)> on_answer;
    std::vector<Request> requests;
    std::vector<CallId> cancelled;
    std::vector<Answer> answers;
    std::vector<Event> events;
    bool listening = false;
    std::vector<SessionEvent> told;
};

/// Streams without limits, as plain lists.
class HistoryFake final : public History {
public:
    Appended append(Publication&& publication, const Retention& retention, const Once& once) override {
        onces.push_back({std::string(once.idempotency), once.version});
        if (refused) return {nullptr, *refused};
        if (retention.size == 0) return {std::make_shared<const Publication>(std::move(publication)), {}};
        auto& stream = streams[publication.channel];
        publication.offset = ++tops[publication.channel];
        auto kept = std::make_shared<const Publication>(std::move(publication));
        stream.push_back(kept);
        while (stream.size() > retention.size)
            stream.pop_front();
        return {kept, {kept->offset, epoch}};
    }
    Stored read(std::string_view channel, const Range& range) override {
        const auto top = tops.find(channel);
        if (top == tops.end()) return {{0, epoch}, {}};
        Stored stored{{top->second, epoch}, {}};
        std::deque<PublicationPtr> stream = streams[std::string(channel)];
        if (range.reverse) std::reverse(stream.begin(), stream.end());
        for (const PublicationPtr& each : stream) {
            const bool in = !range.since || (range.reverse ? each->offset < *range.since : each->offset > *range.since);
            if (in && stored.publications.size() < range.limit) stored.publications.push_back(each);
        }
        return stored;
    }

    void forget_others(const std::function<bool(std::string_view)>& keeps) override {
        std::erase_if(streams, [&](const auto& each) { return !keeps(each.first); });
        std::erase_if(tops, [&](const auto& each) { return !keeps(each.first); });
    }

    struct Asked {
        std::string idempotency;
        std::uint64_t version;
    };
    std::string epoch = "e1";
    std::vector<Asked> onces;
    std::optional<Position> refused;  // what is published comes out as one of before
    std::map<std::string, std::deque<PublicationPtr>> streams;
    std::map<std::string, std::uint64_t, std::less<>> tops;
};

/// JSON texts stand for themselves as MessagePack strs.
class TranslatorFake final : public Translator {
public:
    bool to_msgpack(std::string_view json, std::string& out) override {
        if (json == "bad") return false;
        wire_str(json, out);
        return true;
    }
    bool to_json(std::string_view msgpack, std::string& out) override {
        out += msgpack.substr(1);
        return true;
    }
    static void wire_str(std::string_view text, std::string& out) {
        REQUIRE(text.size() < 32);
        out.push_back(static_cast<char>(0xa0 | text.size()));
        out += text;
    }
};

/// The same bytes in every run.
class RandomSequence final : public Random {
public:
    explicit RandomSequence(std::uint64_t seed = 1) : engine_(seed) {}
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(engine_() >> 11);
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace fairlead::core
