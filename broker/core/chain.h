// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/row.h"

namespace fairlead::core {

/// What a record carries to be in a chain of records: a doubly linked list by row.
struct Links {
    Row next = kNoRow;
    Row previous = kNoRow;
};

/// Puts `row` before the chain that begins at `first`. `links(row)` gives the Links& of a record.
template <typename LinksOf>
void chain_add(Row& first, Row row, LinksOf&& links) {
    links(row) = Links{first, kNoRow};
    if (first != kNoRow) links(first).previous = row;
    first = row;
}

/// Takes `row` out of the chain that begins at `first`.
template <typename LinksOf>
void chain_remove(Row& first, Row row, LinksOf&& links) {
    const Links own = links(row);
    if (own.previous == kNoRow) {
        first = own.next;
    } else {
        links(own.previous).next = own.next;
    }
    if (own.next != kNoRow) links(own.next).previous = own.previous;
    links(row) = Links{};
}

}  // namespace fairlead::core
