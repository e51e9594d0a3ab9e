// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/broker.h"
#include "recorders.h"

namespace fairlead::core {

/// A broker with recorders all around it and a clock that stands still.
struct World {
    explicit World(Options options = open_options(), std::size_t edge_count = 1) : edges(edge_count) {
        Ports ports{clock, log, random, services, translator, history, {}};
        for (EdgeRecorder& edge : edges)
            ports.edges.push_back(&edge);
        broker = std::make_unique<Broker>(std::move(options), std::move(ports));
    }

    /// Anonymous clients, any topic, any namespace for anyone.
    static Options open_options() {
        Options options;
        options.anonymous = true;
        options.topics = {">"};
        options.namespaces = {
            {"*", {Decider::anyone}, {Decider::anyone}, {Decider::anyone}, {Decider::anyone}}};
        return options;
    }

    static Claims user_claims(std::string user) {
        Claims claims;
        claims.user = std::move(user);
        return claims;
    }

    static std::unique_ptr<Connect> connect_command(ClientKey key, std::optional<Claims> claims = {}) {
        auto connect = std::make_unique<Connect>();
        connect->client = key;
        connect->id = 1;
        connect->claims = std::move(claims);
        return connect;
    }

    /// A client in the first generation of `slot`, of `user` unless empty; gives its client id.
    std::string connect(ClientKey key, const std::string& user = {}) {
        std::optional<Claims> claims;
        if (!user.empty()) claims = user_claims(user);
        broker->handle(connect_command(key, std::move(claims)));
        return edge(key).take<std::unique_ptr<Connected>>()->client_id;
    }

    static std::vector<std::string> names_of(const Connected& connected) {
        std::vector<std::string> names;
        for (const Connected::Channel& channel : connected.channels)
            names.push_back(channel.name);
        return names;
    }

    EdgeRecorder& edge(ClientKey key) { return edges[key.edge]; }

    void subscribe(ClientKey key, const std::string& channel) {
        broker->handle(Subscribe{key, 2, channel, {}});
        edge(key).take<Subscribed>();
    }
    std::uint32_t subscribe_error(ClientKey key, const std::string& channel) {
        broker->handle(Subscribe{key, 2, channel, {}});
        return edge(key).take<Failed>().failure.code;
    }
    std::uint32_t publish_error(ClientKey key, const std::string& channel) {
        broker->handle(Publish{key, 3, channel, {Encoding::json, "1"}});
        return edge(key).take<Failed>().failure.code;
    }
    /// The id under which Services got it.
    CallId call(ClientKey key, std::uint32_t id, const std::string& topic) {
        broker->handle(Call{key, id, topic, "\x01"});
        return services.requests.back().call;
    }

    bool silent() const {
        for (const EdgeRecorder& edge : edges) {
            if (!edge.posted.empty()) return false;
        }
        return true;
    }

    base::ManualClock clock;
    base::SilentLog log;
    RandomSequence random;
    ServicesRecorder services;
    TranslatorFake translator;
    HistoryFake history;
    std::deque<EdgeRecorder> edges;
    std::unique_ptr<Broker> broker;
};

inline constexpr ClientKey kAnn{0, 0, 1};
inline constexpr ClientKey kBob{0, 1, 1};

}  // namespace fairlead::core
