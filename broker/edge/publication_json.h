// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "core/history.h"
#include "core/payload.h"
#include "edge/json/reply.h"
#include "edge/payload_json.h"

namespace fairlead::edge {

/// Who a client is, as replies and pushes show it; views of it.
inline json::ClientInfo info_json(const core::ClientInfo& info) {
    return {info.user, info.client, info.conn_info, info.chan_info};
}

/// A publication as replies and pushes show it. Stays where it is; what it shows holds as long as the
/// publication does. Threads: one.
class PublicationJson {
public:
    explicit PublicationJson(const core::Publication& publication)
        : tags_(publication.tags.begin(), publication.tags.end()) {
        view_.data = json_of(publication.data, scratch_);
        if (publication.info) {
            info_ = info_json(*publication.info);
            view_.info = &info_;
        }
        view_.tags = tags_;
        view_.offset = publication.offset;
        view_.time = publication.time;
    }
    PublicationJson(const PublicationJson&) = delete;
    PublicationJson& operator=(const PublicationJson&) = delete;

    /// False: its value has no JSON form, such as binary.
    bool valid() const noexcept { return !view_.data.empty(); }
    const json::Publication& view() const noexcept { return view_; }

private:
    std::string scratch_;
    std::vector<json::Tag> tags_;
    json::ClientInfo info_;
    json::Publication view_;
};

/// Several of them, in their order.
/// Threads: one.
class PublicationsJson {
public:
    explicit PublicationsJson(const std::vector<core::PublicationPtr>& publications) {
        for (const core::PublicationPtr& each : publications)
            views_.push_back(all_.emplace_back(*each).view());
    }
    std::span<const json::Publication> views() const noexcept { return views_; }

private:
    std::deque<PublicationJson> all_;
    std::vector<json::Publication> views_;
};

}  // namespace fairlead::edge
