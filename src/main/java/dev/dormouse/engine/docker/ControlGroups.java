package dev.dormouse.engine.docker;

import java.util.List;

/**
 * Where the kernel keeps the control groups of the engine's containers, if the engine is on this
 * machine: folders under either of the engine's drivers, as formats that take the engine's id.
 */
final class ControlGroups {
    private static final String ROOT = "/sys/fs/cgroup/";

    /** Of the drivers cgroupfs and systemd. */
    private static final List<String> UNDER_DRIVERS =
            List.of("docker/%s", "system.slice/docker-%s.scope");

    private ControlGroups() {}

    /** Under one controller of the first version. */
    static List<String> first(String controller) {
        return UNDER_DRIVERS.stream().map(folder -> ROOT + controller + "/" + folder).toList();
    }

    /** Under the second version. */
    static List<String> second() {
        return UNDER_DRIVERS.stream().map(ROOT::concat).toList();
    }
}
