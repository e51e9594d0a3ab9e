// SPDX-License-Identifier: Apache-2.0
#include "config/namespaces.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "config/draft.h"
#include "config/names.h"
#include "config/nearest.h"
#include "config/unknown.h"
#include "config/value.h"

namespace fairlead::config {
namespace {

using core::Decider;

struct Word {
    std::string_view word;
    Decider decider;
};

constexpr std::array<Word, 6> kWords{{{"nobody", Decider::nobody},
                                      {"anyone", Decider::anyone},
                                      {"user", Decider::user},
                                      {"token", Decider::token},
                                      {"permission", Decider::permission},
                                      {"hook", Decider::hook}}};

Parsed<std::vector<Decider>> bad(std::string why) {
    return Parsed<std::vector<Decider>>::bad(std::move(why));
}

std::string explain_word(const std::string& word) {
    std::vector<std::string> words;
    for (const Word& known : kWords)
        words.emplace_back(known.word);
    return in_quotes(word) + " is no decider; did you mean " + nearest(word, words) + "? Write " +
           one_of(words);
}

std::optional<Decider> decider_of(const std::string& word) {
    for (const Word& known : kWords) {
        if (known.word == word) return known.decider;
    }
    return std::nullopt;
}

Parsed<std::vector<Decider>> read_deciders(const Raw& raw) {
    const auto* words = std::get_if<std::vector<std::string>>(&raw);
    if (words == nullptr) return bad("is not a list of texts; write such as [\"user\"]");
    if (words->empty()) return bad("names no decider; write [\"nobody\"]");
    std::vector<Decider> deciders;
    for (const auto& word : *words) {
        const auto decider = decider_of(word);
        if (!decider) return bad(explain_word(word));
        if (std::find(deciders.begin(), deciders.end(), *decider) != deciders.end()) {
            return bad(in_quotes(word) + " stands twice in the list; leave one out");
        }
        deciders.push_back(*decider);
    }
    if (deciders.size() > 1 &&
        deciders.end() != std::find(deciders.begin(), deciders.end(), Decider::nobody)) {
        return bad("\"nobody\" stands beside others; leave it or the others out");
    }
    return Parsed<std::vector<Decider>>::good(std::move(deciders));
}

// The keys with one value each, as the table of options has its rows.
struct Scalar {
    Row row;
    Value (*get)(const core::NamespaceOptions&);
    void (*set)(core::NamespaceOptions&, const Value&);
};

constexpr std::string_view kRecoveries = "none|stream|cache";
constexpr std::string_view kSlowReaders = "disconnect|drop_oldest|drop_newest|conflate";

Row scalar_row(Kind kind, std::string_view key, std::string_view standard, std::int64_t minimum, std::int64_t maximum,
               std::string_view what) {
    Row row = draft(kind, kNamespaceSection, key, standard, what);
    row.minimum = minimum;
    row.maximum = maximum;
    if (kind == Kind::duration) row.step = 1000;
    return row;
}

Row choice_row(std::string_view key, std::string_view standard, std::string_view choices,
               std::string_view what) {
    Row row = draft(Kind::choice, kNamespaceSection, key, standard, what);
    row.choices = choices;
    return row;
}

std::string recovery_word(core::RecoveryMode mode) {
    switch (mode) {
        case core::RecoveryMode::none: return "none";
        case core::RecoveryMode::stream: return "stream";
        case core::RecoveryMode::cache: return "cache";
    }
    return {};
}

const std::vector<Scalar>& scalars() {
    using Options = core::NamespaceOptions;
    static const std::vector<Scalar> all{
        {scalar_row(Kind::integer, "history_size", "0", 0, 1'000'000,
                    "How many publications are kept of each channel. 0 keeps none."),
         [](const Options& o) -> Value { return static_cast<std::int64_t>(o.history_size); },
         [](Options& o, const Value& v) {
             o.history_size = static_cast<std::size_t>(std::get<std::int64_t>(v));
         }},
        {scalar_row(Kind::duration, "history_age", "5m", 1000, 365LL * 24 * 3600 * 1000,
                    "How long each is kept."),
         [](const Options& o) -> Value { return std::int64_t{o.history_age.count()} * 1000; },
         [](Options& o, const Value& v) {
             o.history_age = std::chrono::seconds(std::get<std::int64_t>(v) / 1000);
         }},
        {choice_row(
             "recovery", "stream", kRecoveries,
             "What a client gets by itself that was away: `stream` (all that it missed, or the word that it "
             "cannot be had), `cache` (the newest publication), `none`."),
         [](const Options& o) -> Value { return recovery_word(o.recovery); },
         [](Options& o, const Value& v) {
             for (const auto mode : {core::RecoveryMode::none, core::RecoveryMode::stream, core::RecoveryMode::cache})
                 if (recovery_word(mode) == std::get<std::string>(v)) o.recovery = mode;
         }},
        {scalar_row(Kind::boolean, "join_leave", "false", 0, 0,
                    "Whether subscribers who ask for it are told who joins and who leaves; those whom the broker subscribes "
                    "always are."),
         [](const Options& o) -> Value { return o.join_leave; },
         [](Options& o, const Value& v) { o.join_leave = std::get<bool>(v); }},
        {choice_row(
             "slow_reader", "disconnect", kSlowReaders,
             "What happens to a subscriber for whom more waits than `client.max_queue`, or longer than "
             "`client.max_queue_age`: `disconnect` (closed with 3008), `drop_oldest` (what has waited "
             "longest "
             "gives way), `drop_newest` (what comes is not queued), `conflate` (as soon as it reads too "
             "slowly, the "
             "newest of the channel, or of a key in it, takes the place of the one that waits; keys may come in "
             "another order than they were published in). Where history is kept and `recovery` is `stream`, each "
             "of the last three makes it come back for what it missed when it reads again, as after an absence: "
             "write `recovery = \"cache\"` or `\"none\"` beside `conflate`."),
         [](const Options& o) -> Value { return std::string(core::to_string(o.slow_reader)); },
         [](Options& o, const Value& v) {
             using core::SlowReader;
             for (const auto policy : {SlowReader::disconnect, SlowReader::drop_oldest,
                                       SlowReader::drop_newest, SlowReader::conflate})
                 if (core::to_string(policy) == std::get<std::string>(v)) o.slow_reader = policy;
         }}};
    return all;
}

// Reads the keys of one table into `options`.
class Reader {
public:
    Reader(core::NamespaceOptions& options, Problems& problems) : options_(options), problems_(problems) {}

    void read(const TableEntry& table) {
        for (const Entry& entry : table.entries)
            read_entry(entry);
        const bool named = std::any_of(table.entries.begin(), table.entries.end(),
                                       [](const Entry& entry) { return entry.key == "name"; });
        if (!named) {
            problems_.push_back(
                {table.where, "[[namespace]] has no name; write name = \"chat\", \"\" or \"*\""});
        }
    }

private:
    void read_entry(const Entry& entry) {
        if (entry.key == "name") return read_name(entry);
        if (entry.key == "subscribe") return read_list(entry, options_.subscribe);
        if (entry.key == "publish") return read_list_without(entry, options_.publish, {Decider::token});
        if (entry.key == "presence") return read_list_without(entry, options_.presence, {Decider::token, Decider::hook});
        if (entry.key == "history") return read_list_without(entry, options_.history, {Decider::token, Decider::hook});
        for (const Scalar& scalar : scalars()) {
            if (scalar.row.key == entry.key) return read_scalar(entry, scalar);
        }
        refuse(entry, explain_key(kNamespaceSection, entry.key));
    }

    void read_scalar(const Entry& entry, const Scalar& scalar) {
        auto value = read_value(scalar.row, entry.value);
        if (!value.value) return refuse(entry, std::move(value.why));
        scalar.set(options_, *value.value);
    }

    void read_name(const Entry& entry) {
        const auto* name = std::get_if<std::string>(&entry.value);
        if (name == nullptr) return refuse(entry, "is not text in quotes; write such as \"chat\"");
        if (auto why = refuse_namespace(*name); !why.empty()) return refuse(entry, std::move(why));
        options_.name = *name;
    }

    void read_list(const Entry& entry, std::vector<Decider>& into) {
        auto deciders = read_deciders(entry.value);
        if (!deciders.value) return refuse(entry, std::move(deciders.why));
        into = std::move(*deciders.value);
    }

    void read_list_without(const Entry& entry, std::vector<Decider>& into, const std::vector<Decider>& foreign) {
        read_list(entry, into);
        for (const Decider decider : foreign) {
            if (std::find(into.begin(), into.end(), decider) == into.end()) continue;
            return refuse(entry, in_quotes(word_of(decider)) + " cannot decide this; write permission");
        }
    }

    void refuse(const Entry& entry, std::string what) {
        problems_.push_back({entry.where, "namespace." + entry.key + ": " + std::move(what)});
    }

    core::NamespaceOptions& options_;
    Problems& problems_;
};

}  // namespace

const std::vector<NamespaceKey>& namespace_table() {
    static const std::vector<NamespaceKey> keys{
        {"name", "required",
         "The namespace: what stands before the first colon of a channel. \"\" = channels without a colon, "
         "\"*\" = every "
         "namespace that has no table of its own. `user` is reserved."},
        {"subscribe", "[\"nobody\"]",
         "Who may subscribe; the first that grants wins. `nobody`, `anyone` (every client), `user` (every "
         "client with a user id), `token` (with a subscription token for the channel), `permission` (a "
         "[[permission]] that fits the client and the channel), `hook` (a service decides; in the last place "
         "it is asked "
         "after any grant and has the last word)."},
        {"publish", "[\"nobody\"]",
         "Which clients may publish, with the same words but `token`. Services always may."},
        {"presence", "[\"nobody\"]",
         "Which subscribers may see who else is there: `nobody`, `anyone`, `user`, `permission`. Services may ask where any of these is named."},
        {"history", "[\"nobody\"]",
         "Which subscribers may ask for what was published, with the words of presence. Clients that were "
         "away get what "
         "they missed without it."},
        {"history_size", "0", scalars()[0].row.what},
        {"history_age", "\"5m\"", scalars()[1].row.what},
        {"recovery", "\"stream\"", scalars()[2].row.what},
        {"join_leave", "false", scalars()[3].row.what},
        {"slow_reader", "\"disconnect\"", scalars()[4].row.what}};
    return keys;
}

std::string scalars_as_toml(const core::NamespaceOptions& options) {
    std::string text;
    for (const Scalar& scalar : scalars())
        text += std::string(scalar.row.key) + " = " + format_value(scalar.row, scalar.get(options)) + "\n";
    return text;
}

std::vector<std::string> namespace_keys() {
    std::vector<std::string> keys;
    for (const NamespaceKey& row : namespace_table())
        keys.emplace_back(row.key);
    return keys;
}

std::vector<core::NamespaceOptions> read_namespaces(const std::vector<TableEntry>& tables,
                                                    Problems& problems) {
    std::vector<core::NamespaceOptions> list;
    std::map<std::string, std::string> places;
    for (const TableEntry& table : tables) {
        if (table.section != kNamespaceSection) continue;
        const std::vector<Decider> nobody{Decider::nobody};
        core::NamespaceOptions options{{}, nobody, nobody, nobody, nobody};
        const std::size_t before = problems.size();
        Reader(options, problems).read(table);
        if (problems.size() != before) continue;
        const auto [first, added] = places.emplace(options.name, table.where);
        if (!added) {
            problems.push_back({table.where, "the namespace " + in_quotes(options.name) + " is already at " +
                                                 first->second + "; leave one out"});
            continue;
        }
        list.push_back(std::move(options));
    }
    return list;
}

std::string_view word_of(Decider decider) {
    for (const Word& known : kWords) {
        if (known.decider == decider) return known.word;
    }
    return "nobody";
}

}  // namespace fairlead::config
