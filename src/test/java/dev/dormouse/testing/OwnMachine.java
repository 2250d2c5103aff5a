package dev.dormouse.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A machine within the machine: network, mounts and processes of its own, and a cable to here. All
 * that runs there ends with its first process, and that one with the tests. Needs root.
 */
final class OwnMachine implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 30;

    /** What is the machine's own of the folder: a disk, and a place for what a start leaves. */
    static final String DISK = "disk";

    static final String RUN = "run";

    /** The first process: it reaps what loses its parent, and ends when nobody holds its input. */
    private static final String FIRST =
            """
            set -e
            cd "$1" && mkdir -p disk run /run/docker /run/containerd
            mount -t tmpfs -o size="$2" tmpfs disk
            if [ "$3" != tmpfs ]; then
                truncate -s "$2" disk/image && "mkfs.$3" -q disk/image > /dev/null
                mount -o loop disk/image disk
            fi
            for own in run /run/docker /run/containerd; do mount -t tmpfs tmpfs "$own"; done
            if [ "$4" = SECOND ]; then mount -t cgroup2 cgroup2 /sys/fs/cgroup; fi
            ip link set lo up
            echo ready
            while read -r _; do :; done
            """;

    private static final String WITH_SECOND_CGROUPS =
            "mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec \"$@\"";

    private final Path folder;
    private final Process outer;
    private final long first;
    private final Place place;

    /**
     * Starts it.
     *
     * @param folder where its disk is seen from inside
     * @param options what it is to be like
     */
    OwnMachine(Path folder, String name, OwnEngine.Options options) throws IOException {
        this.folder = folder;
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--net", "--pid"));
        command.addAll(List.of("--fork", "--kill-child", "--mount-proc"));
        command.addAll(List.of("bash", "-c", FIRST, "first", folder.toString()));
        command.addAll(List.of(options.disk().size(), options.disk().fileSystem()));
        command.add(options.cgroups().name());
        this.outer = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = outer.inputReader(StandardCharsets.UTF_8).readLine();
        if (!"ready".equals(said)) {
            outer.destroyForcibly();
            throw new IllegalStateException("no machine of its own: " + said);
        }
        this.first = outer.children().findFirst().orElseThrow().pid();
        try {
            this.place = new Place(connect(name), into(options.cgroups()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** A server has our processes and files about it, but the engine's network and cgroups. */
    private List<String> into(OwnEngine.Cgroups cgroups) {
        List<String> command = new ArrayList<>(List.of("nsenter", "--target=" + first, "--net"));
        if (cgroups == OwnEngine.Cgroups.SECOND) {
            command.addAll(List.of("unshare", "--mount", "sh", "-c", WITH_SECOND_CGROUPS, "sh"));
        }
        return command;
    }

    /** Lays a cable from here, which goes with the machine; returns the address at its far end. */
    private String connect(String name) {
        int network = ThreadLocalRandom.current().nextInt(1 << 14) << 2;
        String prefix = "10.213.%d.".formatted(network >> 8);
        String here = prefix + ((network & 255) + 1);
        String there = prefix + ((network & 255) + 2);
        run("ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", "" + first);
        run("ip", "addr", "add", here + "/30", "dev", name);
        run("ip", "link", "set", name, "up");
        run(inside("ip", "addr", "add", there + "/30", "dev", name));
        run(inside("ip", "link", "set", name, "up"));
        return there;
    }

    Place place() {
        return place;
    }

    /** The command line that runs this inside, as a child of its own first process. */
    String[] inside(String... command) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--target=" + first));
        all.addAll(List.of("--mount", "--net", "--pid"));
        all.addAll(List.of(command));
        return all.toArray(String[]::new);
    }

    /** Its disk, as it is seen from here. */
    Path disk() {
        return Path.of("/proc/" + first + "/root" + folder.resolve(DISK));
    }

    /** Runs a command to its good end; returns what it said. */
    static String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
            return said.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends everything that runs there. */
    @Override
    public void close() {
        outer.destroyForcibly();
        try {
            if (!outer.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the machine does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
