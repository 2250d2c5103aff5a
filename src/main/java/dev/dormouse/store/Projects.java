package dev.dormouse.store;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Which projects a list looks at. */
final class Projects {
    private Projects() {}

    /** The one asked for if it may be read, all that may be read if none is asked for. */
    static Set<UUID> seen(Optional<UUID> asked, Set<UUID> readable) {
        return asked.map(id -> readable.contains(id) ? Set.of(id) : Set.<UUID>of())
                .orElse(readable);
    }
}
