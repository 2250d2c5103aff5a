package dev.dormouse.engine.docker;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the kernel keeps the control groups of the engine's containers, if the engine is on this
 * machine: folders under either of the engine's drivers, as formats that take the engine's id.
 */
final class ControlGroups {
    private static final Logger LOG = LoggerFactory.getLogger(ControlGroups.class);
    private static final String ROOT = "/sys/fs/cgroup/";

    /** Of the drivers cgroupfs and systemd. */
    private static final List<String> UNDER_DRIVERS =
            List.of("docker/%s", "system.slice/docker-%s.scope");

    /** What the containers of an engine on this machine have worked in all, in either version. */
    private static final List<Counter> WORK =
            List.of(
                    new Counter(Path.of(ROOT + "cpuacct/docker/cpuacct.usage"), "", 1),
                    new Counter(Path.of(ROOT + "cpuacct/system.slice/cpuacct.usage"), "", 1),
                    new Counter(Path.of(ROOT + "docker/cpu.stat"), "usage_usec ", 1_000),
                    new Counter(Path.of(ROOT + "system.slice/cpu.stat"), "usage_usec ", 1_000));

    private record Counter(Path file, String name, long nanosEach) {
        Optional<Duration> read() {
            try {
                return Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith(name))
                        .map(line -> Long.parseLong(line.substring(name.length()).strip()))
                        .map(count -> Duration.ofNanos(count * nanosEach))
                        .findFirst();
            } catch (IOException notHere) {
                return Optional.empty();
            }
        }
    }

    private ControlGroups() {}

    /**
     * The CPU time of all containers of the engines on this machine until now, and with the driver
     * systemd of its services too; empty where it cannot be read.
     */
    static Optional<Duration> work() {
        return WORK.stream().flatMap(counter -> counter.read().stream()).reduce(Duration::plus);
    }

    /** Whether the container is among those whose work is told. */
    static boolean holds(String dockerId) {
        return Stream.concat(first("cpuacct").stream(), second().stream())
                .anyMatch(folder -> Files.isDirectory(Path.of(folder.formatted(dockerId))));
    }

    /**
     * Removes what is left of those of a container that is gone, if no process is in them: a
     * runtime whose start failed may forget them.
     */
    static void removeEmpty(String dockerId) {
        try (DirectoryStream<Path> controllers = Files.newDirectoryStream(Path.of(ROOT))) {
            for (Path controller : controllers) {
                UNDER_DRIVERS.forEach(
                        folder -> removeEmpty(controller.resolve(folder.formatted(dockerId))));
            }
        } catch (IOException notHere) {
            return;
        }
        second().forEach(folder -> removeEmpty(Path.of(folder.formatted(dockerId))));
    }

    private static void removeEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException inUse) {
            LOG.atDebug().addKeyValue("folder", folder).setCause(inUse).log("not removed");
        }
    }

    /** Under one controller of the first version. */
    static List<String> first(String controller) {
        return UNDER_DRIVERS.stream().map(folder -> ROOT + controller + "/" + folder).toList();
    }

    /** Under the second version. */
    static List<String> second() {
        return UNDER_DRIVERS.stream().map(ROOT::concat).toList();
    }
}
