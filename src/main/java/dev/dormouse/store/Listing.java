package dev.dormouse.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/**
 * Builds the conditions of a list and asks for one page of it and the count of all.
 *
 * <p>A list must come out of an index in its order, for sorting every match to show a hundred would
 * make each page as dear as the whole. So conditions are of two kinds: <em>seek</em> conditions are
 * the leading columns of the index meant; <em>check</em> conditions are kept from the planner
 * ({@code column || ''}), which would else take an index for them and sort.
 */
final class Listing {
    private final String alias;
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, String> values = new LinkedHashMap<>();

    /** Conditions on the columns of the table with this alias. */
    Listing(String alias) {
        this.alias = alias;
    }

    Listing seek(String column, Object value) {
        conditions.add("%s.%s = :%s".formatted(alias, column, column));
        values.put(column, value.toString());
        return this;
    }

    Listing check(String column, Object value) {
        conditions.add("%s.%s || '' = :%s".formatted(alias, column, column));
        values.put(column, value.toString());
        return this;
    }

    Listing seek(String column, Collection<UUID> allowed) {
        conditions.add("%s.%s IN (%s)".formatted(alias, column, names(column, allowed)));
        return this;
    }

    Listing check(String column, Collection<UUID> allowed) {
        conditions.add("%s.%s || '' IN (%s)".formatted(alias, column, names(column, allowed)));
        return this;
    }

    private String names(String column, Collection<UUID> allowed) {
        List<String> names = new ArrayList<>();
        for (UUID value : allowed) {
            String name = column + names.size();
            names.add(":" + name);
            values.put(name, value.toString());
        }
        return String.join(", ", names);
    }

    /** A condition of its own, with another table's conditions in the place of its {@code %s}. */
    Listing where(String condition, Listing inner) {
        conditions.add(condition.formatted(String.join(" AND ", inner.conditions)));
        values.putAll(inner.values);
        return this;
    }

    /** How many meet the conditions; {@code count} is the statement up to them. */
    long count(Handle handle, String count) {
        String where = " WHERE " + String.join(" AND ", conditions);
        return bound(handle.createQuery(count + where)).mapTo(Long.class).one();
    }

    /**
     * The page.
     *
     * @param select the statement up to its conditions
     * @param total how many there are on all pages
     */
    <T> Page<T> page(Handle handle, String select, long total, Paging paging, RowMapper<T> mapper) {
        if (paging.offset() >= total) {
            return new Page<>(List.of(), total);
        }
        List<T> items =
                bound(handle.createQuery(pageStatement(select, paging)))
                        .bind("limit", paging.pageSize())
                        .bind("offset", paging.offset())
                        .map(mapper)
                        .list();
        return new Page<>(items, total);
    }

    String pageStatement(String select, Paging paging) {
        return select
                + " WHERE "
                + String.join(" AND ", conditions)
                + order(paging.order())
                + " LIMIT :limit OFFSET :offset";
    }

    Query bound(Query query) {
        values.forEach(query::bind);
        return query;
    }

    private String order(Paging.Order order) {
        String columns =
                switch (order) {
                    case CREATED_AT_ASC -> "%1$s.created_at, %1$s.id";
                    case CREATED_AT_DESC -> "%1$s.created_at DESC, %1$s.id DESC";
                    case NAME_ASC -> "%1$s.name, %1$s.created_at, %1$s.id";
                    case NAME_DESC -> "%1$s.name DESC, %1$s.created_at DESC, %1$s.id DESC";
                };
        return " ORDER BY " + columns.formatted(alias);
    }
}
