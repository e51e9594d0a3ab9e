// SPDX-License-Identifier: Apache-2.0
#include "core/publisher.h"

#include <utility>

namespace fairlead::core {

using wire::Code;
using wire::failure;

void Publisher::publish(Client& client, Publish&& command) {
    wire::Failure denied = permissions_.client_publishes(clients_.subject_of(client), command.channel);
    if (denied.code != 0) return edges_.fail(client.key, command.id, std::move(denied));
    Publication publication;
    publication.channel = std::move(command.channel);
    publication.data = std::move(command.data);
    publication.info = clients_.info_of(client);
    Reached reached = post(std::move(publication));
    if (reached.failure.code != 0) return edges_.fail(client.key, command.id, std::move(reached.failure));
    edges_.post(client.key.edge, Published{client.key, command.id});
}

Reached Publisher::publish(Publication&& publication) {
    wire::Failure denied = permissions_.service_publishes(publication.channel);
    if (denied.code != 0) return Reached{std::move(denied), 0, 0, {}};
    return post(std::move(publication));
}

Reached Publisher::post(Publication&& publication) {
    const Row row = channels_.find(publication.channel);
    if (row == kNoRow) return {};
    const std::span<const std::uint32_t> subscribers = channels_.subscribers(row);
    for (std::size_t edge = 0; edge < subscribers.size(); ++edge) {
        if (subscribers[edge] > 0 && !edges_.has_room(static_cast<EdgeIndex>(edge))) {
            return Reached{failure(Code::overloaded), 0, 0, {}};
        }
    }
    Reached reached;
    const auto shared = std::make_shared<const Publication>(std::move(publication));
    for (std::size_t edge = 0; edge < subscribers.size(); ++edge) {
        if (subscribers[edge] == 0) continue;
        reached.clients += subscribers[edge];
        edges_.post(static_cast<EdgeIndex>(edge), Deliver(shared));
    }
    return reached;
}

}  // namespace fairlead::core
