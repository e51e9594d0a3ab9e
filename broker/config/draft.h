// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/field.h"
#include "config/table.h"

/// The words that table.cpp writes its rows with. `Path` are the member pointers from Config to the option's
/// place.
///
/// Threads: any.
namespace fairlead::config {

/// A row under construction: what most rows leave at its default is said with a word behind it.
struct Draft : Row {
    Draft zero_is(std::string_view word) const { return with(&Row::zero_word, word); }
    Draft refused_by(std::string (*function)(std::string_view)) const { return with(&Row::refuse, function); }
    Draft set_by(void (*function)(Config&, const Value&)) const { return with(&Row::set, function); }
    Draft restart() const { return with(&Row::reloads, false); }
    Draft path() const { return with(&Row::is_path, true); }

private:
    template <class T>
    Draft with(T Row::*member, T value) const {
        Draft copy = *this;
        copy.*member = value;
        return copy;
    }
};

inline Draft draft(Kind kind, std::string_view section, std::string_view key, std::string_view standard,
                   std::string_view what) {
    Draft row;
    row.section = section;
    row.key = key;
    row.kind = kind;
    row.standard = standard;
    row.what = what;
    row.reloads = true;
    return row;
}

template <auto... Path>
Draft plain(Kind kind, std::string_view section, std::string_view key, std::string_view standard,
            std::string_view what) {
    Draft row = draft(kind, section, key, standard, what);
    row.get = &Field<Path...>::get;
    row.set = &Field<Path...>::set;
    return row;
}

template <auto... Path>
Draft flag(std::string_view section, std::string_view key, std::string_view standard, std::string_view what) {
    return plain<Path...>(Kind::boolean, section, key, standard, what);
}

template <auto... Path>
Draft text(std::string_view section, std::string_view key, std::string_view standard, std::string_view what) {
    return plain<Path...>(Kind::text, section, key, standard, what);
}

template <auto... Path>
Draft list(std::string_view section, std::string_view key, std::string_view standard, std::string_view what) {
    return plain<Path...>(Kind::list, section, key, standard, what);
}

template <auto... Path>
Draft number(Kind kind, std::string_view section, std::string_view key, std::string_view standard,
             std::int64_t minimum, std::int64_t maximum, std::string_view what) {
    Draft row = plain<Path...>(kind, section, key, standard, what);
    row.minimum = minimum;
    row.maximum = maximum;
    row.step = kStepOf<typename Field<Path...>::Type>;
    return row;
}

template <auto... Path>
Draft count(std::string_view section, std::string_view key, std::string_view standard, std::int64_t minimum,
            std::int64_t maximum, std::string_view what) {
    return number<Path...>(Kind::integer, section, key, standard, minimum, maximum, what);
}

template <auto... Path>
Draft size(std::string_view section, std::string_view key, std::string_view standard, std::int64_t minimum,
           std::int64_t maximum, std::string_view what) {
    return number<Path...>(Kind::bytes, section, key, standard, minimum, maximum, what);
}

template <auto... Path>
Draft time(std::string_view section, std::string_view key, std::string_view standard, std::int64_t minimum,
           std::int64_t maximum, std::string_view what) {
    return number<Path...>(Kind::duration, section, key, standard, minimum, maximum, what);
}

}  // namespace fairlead::config
