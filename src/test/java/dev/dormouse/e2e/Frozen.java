package dev.dormouse.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of a process. */
final class Frozen {
    private Frozen() {}

    /** Whether the cgroup of an engine's container stands still, in either version of cgroups. */
    static boolean isContainerFrozen(String engineId) {
        Path first = Path.of("/sys/fs/cgroup/freezer/docker", engineId, "freezer.state");
        Path second = Path.of("/sys/fs/cgroup/docker", engineId, "cgroup.events");
        try {
            return Files.exists(first)
                    ? Files.readString(first).strip().equals("FROZEN")
                    : Files.readString(second).contains("frozen 1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether its cgroup stands still, in either version of cgroups. */
    static boolean isFrozen(String pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", pid, "cgroup"))) {
                String[] parts = line.split(":", 3);
                Path first = Path.of("/sys/fs/cgroup/freezer" + parts[2], "freezer.state");
                Path second = Path.of("/sys/fs/cgroup" + parts[2], "cgroup.events");
                if (parts[1].equals("freezer") && Files.exists(first)) {
                    return Files.readString(first).strip().equals("FROZEN");
                }
                if (parts[1].isEmpty() && Files.exists(second)) {
                    return Files.readString(second).contains("frozen 1");
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
