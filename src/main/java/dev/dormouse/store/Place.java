package dev.dormouse.store;

import java.util.UUID;

/**
 * Where a value is kept: told in errors and bound into what is sealed there, so its text never
 * changes.
 */
record Place(String table, String row, String column) {
    static Place of(String table, UUID id, String column) {
        return new Place(table, id.toString(), column);
    }

    Place column(String another) {
        return new Place(table, row, another);
    }

    /** One named value within the column. */
    String entry(String name) {
        return this + "/" + name;
    }

    @Override
    public String toString() {
        return table + "/" + row + "/" + column;
    }
}
