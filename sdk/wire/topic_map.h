// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "wire/topic.h"

namespace fairlead::wire {

/// Values by topic or pattern, one each. A topic finds the most specific pattern that covers it: compared
/// segment by segment from the left, a literal goes before `*`, and `*` before `>`.
///
/// It is a tree keyed by segment with ordered children, so chosen names cannot make it slow, and a match
/// visits a bounded number of nodes (kMaxPatternStars). A pointer to a value stays valid until its pattern is
/// erased.
///
/// Threads: one at a time.
template <typename T>
class TopicMap {
public:
    /// Stores `value` unless the same pattern is there already. Gives the stored value and whether it is new;
    /// {nullptr, false} for an invalid pattern.
    std::pair<T*, bool> insert(std::string_view pattern, T value) {
        const std::optional<Segments> segments = split_pattern(pattern);
        if (!segments) {
            return {nullptr, false};
        }
        std::optional<T>& place = make_place(*segments);
        if (place) {
            return {&*place, false};
        }
        place.emplace(std::move(value));
        ++size_;
        return {&*place, true};
    }

    /// False if the pattern is not there.
    bool erase(std::string_view pattern) {
        if (find_exact(pattern) == nullptr) {
            return false;
        }
        prune(root_, *split_pattern(pattern), 0);
        --size_;
        return true;
    }

    /// The value under exactly this pattern, or nullptr.
    T* find_exact(std::string_view pattern) noexcept {
        return const_cast<T*>(std::as_const(*this).find_exact(pattern));
    }
    const T* find_exact(std::string_view pattern) const noexcept {
        const std::optional<Segments> segments = split_pattern(pattern);
        const Node* node = segments ? &root_ : nullptr;
        for (std::size_t i = 0; node != nullptr && i < segments->count; ++i) {
            if (segments->items[i] == ">") {
                return value_of(node->tail);
            }
            node = node->child(segments->items[i]);
        }
        return node != nullptr ? value_of(node->here) : nullptr;
    }

    /// The value of the most specific pattern that covers `topic`; nullptr if none does or the topic is
    /// invalid.
    T* find(std::string_view topic) noexcept { return const_cast<T*>(std::as_const(*this).find(topic)); }
    const T* find(std::string_view topic) const noexcept {
        const std::optional<Segments> segments = split_topic(topic);
        const T* found = nullptr;
        if (segments) {
            walk(root_, *segments, 0, [&](const T& value) {
                found = &value;
                return true;
            });
        }
        return found;
    }

    /// Calls `visit(T&)` for each pattern that covers `topic`, the most specific first. `visit` must not
    /// change the map.
    template <typename Visit>
    void find_all(std::string_view topic, Visit&& visit) {
        if (const std::optional<Segments> segments = split_topic(topic)) {
            walk(root_, *segments, 0, [&](const T& value) {
                visit(const_cast<T&>(value));
                return false;
            });
        }
    }

    /// Calls `visit(std::string_view pattern, T&)` for all, in an order that depends on the patterns only.
    /// `visit` must not change the map.
    template <typename Visit>
    void for_each(Visit&& visit) {
        std::string path;
        each(root_, path, visit);
    }

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    void clear() noexcept {
        root_ = Node();
        size_ = 0;
    }

private:
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
        std::unique_ptr<Node> star;
        std::optional<T> here;  ///< the pattern ends at this node
        std::optional<T> tail;  ///< the pattern goes on with `>`

        const Node* child(std::string_view segment) const noexcept {
            return segment == "*" ? star.get() : literal(segment);
        }
        const Node* literal(std::string_view segment) const noexcept {
            const auto found = literals.find(segment);
            return found == literals.end() ? nullptr : found->second.get();
        }
        bool unused() const noexcept { return literals.empty() && !star && !here && !tail; }
    };

    static const T* value_of(const std::optional<T>& place) noexcept { return place ? &*place : nullptr; }

    std::optional<T>& make_place(const Segments& segments) {
        Node* node = &root_;
        for (std::string_view segment : segments) {
            if (segment == ">") {
                return node->tail;
            }
            std::unique_ptr<Node>& next = segment == "*" ? node->star : node->literals[std::string(segment)];
            if (!next) {
                next = std::make_unique<Node>();
            }
            node = next.get();
        }
        return node->here;
    }

    /// Depth first, the more specific branch first, until `visit` says true.
    template <typename Visit>
    static bool walk(const Node& node, const Segments& topic, std::size_t depth, const Visit& visit) {
        if (depth == topic.count) {
            return node.here && visit(*node.here);
        }
        const Node* literal = node.literal(topic.items[depth]);
        if (literal != nullptr && walk(*literal, topic, depth + 1, visit)) {
            return true;
        }
        if (depth == 0 && is_reserved(topic.items[0])) {
            return false;
        }
        if (node.star && walk(*node.star, topic, depth + 1, visit)) {
            return true;
        }
        return node.tail && visit(*node.tail);
    }

    /// Takes the value out and each node that is left without any use.
    static void prune(Node& node, const Segments& pattern, std::size_t depth) {
        if (depth == pattern.count) {
            node.here.reset();
            return;
        }
        const std::string_view segment = pattern.items[depth];
        if (segment == ">") {
            node.tail.reset();
        } else if (segment == "*") {
            prune(*node.star, pattern, depth + 1);
            if (node.star->unused()) {
                node.star.reset();
            }
        } else {
            const auto child = node.literals.find(segment);
            prune(*child->second, pattern, depth + 1);
            if (child->second->unused()) {
                node.literals.erase(child);
            }
        }
    }

    template <typename Visit>
    static void each(Node& node, std::string& path, Visit& visit) {
        const std::size_t length = path.size();
        const auto extend = [&](std::string_view segment) {
            path.resize(length);
            path.append(length == 0 ? "" : ".").append(segment);
        };
        if (node.here) {
            visit(std::string_view(path), *node.here);
        }
        for (auto& [segment, child] : node.literals) {
            extend(segment);
            each(*child, path, visit);
        }
        if (node.star) {
            extend("*");
            each(*node.star, path, visit);
        }
        if (node.tail) {
            extend(">");
            visit(std::string_view(path), *node.tail);
        }
        path.resize(length);
    }

    Node root_;
    std::size_t size_ = 0;
};

}  // namespace fairlead::wire
