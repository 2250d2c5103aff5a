package dev.dormouse.testing;

import java.util.List;

/**
 * Where a process runs, as far as the network goes.
 *
 * @param address where it is reached from here
 * @param into what stands before a command so that it runs there
 */
public record Place(String address, List<String> into) {
    /** Where the tests themselves run. */
    public static final Place HERE = new Place("127.0.0.1", List.of());

    public Place {
        into = List.copyOf(into);
    }
}
