// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace fairlead::bench {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

/// Three significant places, or whole numbers from 100 on.
std::string shown(double value) {
    std::ostringstream out;
    const double size = std::abs(value);
    const int places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    out << std::fixed << std::setprecision(places) << value;
    return out.str();
}

void put_text(Writer& writer, const std::string& key, const std::string& value) {
    writer.Key(key.c_str());
    writer.String(value.c_str());
}

void put_figure(Writer& writer, const Figure& figure) {
    writer.Key(figure.key.c_str());
    writer.StartObject();
    writer.Key("median");
    writer.Double(figure.series.median());
    writer.Key("min");
    writer.Double(figure.series.min());
    writer.Key("max");
    writer.Double(figure.series.max());
    writer.EndObject();
}

}  // namespace

std::string Report::as_table() const {
    std::ostringstream out;
    out << title_ << '\n';
    for (const auto& [name, text] : notes_)
        out << "  " << std::left << std::setw(10) << name << text << '\n';
    std::size_t width = 0;
    for (const auto& figure : figures_)
        width = std::max(width, figure.name.size());
    const auto column = [&](const std::string& text) { out << std::right << std::setw(12) << text; };
    out << '\n' << std::left << std::setw(static_cast<int>(width)) << "";
    for (const char* head : {"median", "min", "max"})
        column(head);
    out << '\n';
    for (const auto& figure : figures_) {
        out << std::left << std::setw(static_cast<int>(width)) << figure.name;
        for (const double value : {figure.series.median(), figure.series.min(), figure.series.max()}) {
            column(shown(value));
        }
        out << '\n';
    }
    for (const auto& failure : failures_)
        out << "FAILED: " << failure << '\n';
    return out.str();
}

std::string Report::as_json() const {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    put_text(writer, "benchmark", title_);
    for (const auto& [name, text] : notes_)
        put_text(writer, name, text);
    writer.Key("figures");
    writer.StartObject();
    for (const auto& figure : figures_)
        put_figure(writer, figure);
    writer.EndObject();
    writer.Key("failures");
    writer.StartArray();
    for (const auto& failure : failures_)
        writer.String(failure.c_str());
    writer.EndArray();
    writer.EndObject();
    return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace fairlead::bench
