package dev.dormouse.store;

import java.util.List;

/**
 * A part of a list.
 *
 * @param totalCount how many there are on all pages, seen at the same instant as the items
 */
public record Page<T>(List<T> items, long totalCount) {
    public Page {
        items = List.copyOf(items);
    }
}
