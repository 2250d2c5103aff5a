package dev.dormouse.engine;

import java.util.List;
import java.util.Optional;

/**
 * Whether containers with {@code sandbox: v2} are kept from the kernel by gVisor, as far as an
 * engine tells.
 *
 * @param wanted the runtime that the settings name for them; empty for none
 * @param gap why none of them can start; empty where they can, and where no runtime is wanted
 * @param known the engine's runtimes that are gVisor by their programs
 * @param otherwise what the others run under
 * @param seesWrites whether what they write can be measured, and so limited
 */
public record GvisorReport(
        Optional<String> wanted,
        Optional<String> gap,
        List<String> known,
        String otherwise,
        boolean seesWrites) {
    public GvisorReport {
        known = List.copyOf(known);
    }
}
