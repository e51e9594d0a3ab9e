// SPDX-License-Identifier: Apache-2.0
#include <fairlead/publish.h>

#include "src/core.h"
#include "wire/channel.h"

namespace fairlead {

PublishOptions& PublishOptions::tag(std::string name, std::string value) {
    tags_.emplace_back(std::move(name), std::move(value));
    return *this;
}

PublishOptions& PublishOptions::key(std::string key) {
    key_ = std::move(key);
    return *this;
}

PublishOptions& PublishOptions::version(std::uint64_t version) {
    version_ = version;
    return *this;
}

PublishOptions& PublishOptions::idempotency(std::string key) {
    idempotency_ = std::move(key);
    return *this;
}

EmitOptions& EmitOptions::header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
}

EmitOptions& EmitOptions::trace(std::string_view traceparent) {
    trace_ = traceparent;
    return *this;
}

Future<Published> Channel::send(std::string payload, const PublishOptions& options) const {
    return core_->publish(name_, std::move(payload), options);
}

Future<Published> User::send(std::string_view name, std::string payload, PublishOptions options) const {
    options.tag("name", std::string(name));
    return core_->publish(wire::user_channel(id_), std::move(payload), options);
}

Future<Reached> User::send_push(std::string payload) const {
    return core_->push({{}, id_}, std::move(payload));
}

Future<Reached> User::subscribe(std::string_view channel) const {
    return core_->subscribe({{}, id_}, channel);
}

Future<Reached> User::unsubscribe(std::string_view channel, std::uint32_t code, std::string_view reason) const {
    return core_->unsubscribe({{}, id_}, channel, code, reason);
}

Future<Disconnected> User::disconnect(std::uint32_t code, std::string_view reason) const {
    return core_->disconnect({{}, id_}, code, reason);
}

Future<Reached> Client::send(std::string payload) const {
    return core_->push({id_, {}}, std::move(payload));
}

Future<Reached> Client::subscribe(std::string_view channel) const {
    return core_->subscribe({id_, {}}, channel);
}

Future<Reached> Client::unsubscribe(std::string_view channel, std::uint32_t code, std::string_view reason) const {
    return core_->unsubscribe({id_, {}}, channel, code, reason);
}

Future<Reached> Client::keep_payload(std::string payload) const {
    return core_->keep(id_, std::move(payload));
}

Future<Disconnected> Client::disconnect(std::uint32_t code, std::string_view reason) const {
    return core_->disconnect({id_, {}}, code, reason);
}

}  // namespace fairlead
