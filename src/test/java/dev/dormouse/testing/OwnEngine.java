package dev.dormouse.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A Docker Engine of a test's own, on a machine of its own, which the test may stop, kill and start
 * again. Nothing of it is left after {@link #close}.
 */
public final class OwnEngine implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final String name = "dmo" + UUID.randomUUID().toString().substring(0, 8);
    private final Options options;
    private final Path folder;
    private final OwnMachine machine;
    private Process engine;

    /**
     * What a test may choose.
     *
     * @param liveRestore whether containers outlive the engine's stop
     * @param disk that for its images and containers
     * @param arguments more of them for {@code dockerd}, which win over the usual ones
     * @param cgroups which version it finds
     */
    public record Options(boolean liveRestore, Disk disk, List<String> arguments, Cgroups cgroups) {
        public Options {
            arguments = List.copyOf(arguments);
        }

        /** With the control groups that are here. */
        public Options(boolean liveRestore, Disk disk, List<String> arguments) {
            this(liveRestore, disk, arguments, Cgroups.HERE);
        }

        /** The same with the second version of control groups. */
        public Options withSecondCgroups() {
            return new Options(liveRestore, disk, arguments, Cgroups.SECOND);
        }

        /**
         * With the usual file system.
         *
         * @param diskSize as mount(8) takes it
         */
        public Options(boolean liveRestore, String diskSize, List<String> arguments) {
            this(liveRestore, new Disk(diskSize, "tmpfs"), arguments);
        }
    }

    /** Control groups. */
    public enum Cgroups {
        /** Those of this machine. */
        HERE,
        /** The second version, of which a machine with the first one has no controllers left. */
        SECOND
    }

    /**
     * A disk.
     *
     * @param size as mount(8) takes it
     * @param fileSystem {@code tmpfs}, or one that there is a {@code mkfs} of
     */
    public record Disk(String size, String fileSystem) {}

    private OwnEngine(Options options) throws IOException {
        this.options = options;
        this.folder = Files.createTempDirectory("dormouse-engine");
        Files.writeString(folder.resolve("daemon.json"), "{}");
        this.machine = new OwnMachine(folder, name, options);
        try {
            this.engine = launch();
            awaitUp();
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** An engine with room enough. */
    public static OwnEngine start(boolean liveRestore) {
        return start(new Options(liveRestore, "1g", List.of()));
    }

    /** Starts one, and returns when it answers; the test is skipped where there can be none. */
    public static OwnEngine start(Options options) {
        assumeTrue(
                "root".equals(System.getProperty("user.name")) && isOnPath("dockerd"),
                "an engine of its own needs root and dockerd");
        try {
            return new OwnEngine(options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens, as settings name it. */
    public String host() {
        return "unix://" + socket();
    }

    /** Its socket, which is there whether it runs or not. */
    public Path socket() {
        return folder.resolve("docker.sock");
    }

    /** Where a server must run that reaches its containers by their addresses. */
    public Place place() {
        return machine.place();
    }

    /** The disk that holds its images and containers. */
    public Path disk() {
        return machine.disk();
    }

    /** The command line that runs this on the engine's machine. */
    public String[] inside(String... command) {
        return machine.inside(command);
    }

    /** What a command says on the engine's machine. */
    public String machineSays(String... command) {
        return OwnMachine.run(machine.inside(command));
    }

    /** What the engine's own command line says. */
    public String docker(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker", "--host", host()));
        command.addAll(List.of(arguments));
        return OwnMachine.run(command.toArray(String[]::new));
    }

    /** The reference of the test server's image, which this engine has when this returns. */
    public String image() {
        try (DockerClient client = TestImages.client(host())) {
            return TestImages.server(client);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end and waits for that; its containers go on running with live-restore only. */
    public void stop() {
        daemon().destroy();
        awaitEnd();
    }

    /** Ends it as the kernel does; its containers go on running until it is started again. */
    public void kill() {
        daemon().destroyForcibly();
        awaitEnd();
    }

    /** Starts it again over what it left, and returns when it answers. */
    public void startAgain() {
        try {
            engine = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitUp();
    }

    private Process launch() throws IOException {
        Path run = folder.resolve(OwnMachine.RUN);
        List<String> arguments = new ArrayList<>(List.of("dockerd"));
        arguments.add("--config-file=" + folder.resolve("daemon.json"));
        arguments.add("--data-root=" + folder.resolve(OwnMachine.DISK));
        arguments.add("--exec-root=" + run);
        arguments.add("--pidfile=" + run.resolve("docker.pid"));
        arguments.add("--host=" + host());
        if (options.cgroups() == Cgroups.HERE) {
            arguments.add("--cgroup-parent=/" + name);
        }
        arguments.add("--exec-opt=native.cgroupdriver=cgroupfs");
        arguments.add("--live-restore=" + options.liveRestore());
        arguments.addAll(options.arguments());
        File log = folder.resolve("dockerd.log").toFile();
        return new ProcessBuilder(machine.inside(arguments.toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }

    /** The engine itself: what was launched only waits for it. */
    private ProcessHandle daemon() {
        return engine.children()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the engine does not run"));
    }

    private void awaitUp() {
        Awaitility.await("the engine answers")
                .atMost(DEADLINE)
                .pollInterval(POLL)
                .until(() -> {
                    if (!engine.isAlive()) {
                        throw new AssertionError("the engine ended:\n" + log());
                    }
                    return answers();
                });
    }

    /** It takes connections before it answers any. */
    private boolean answers() {
        try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            socket.write(US_ASCII.encode("GET /_ping HTTP/1.0\r\n\r\n"));
            return socket.read(ByteBuffer.allocate(1)) > 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void awaitEnd() {
        try {
            if (!engine.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the engine does not end:\n" + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What it has written to say. */
    public String log() {
        try {
            return Files.readString(folder.resolve("dockerd.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        machine.close();
        Awaitility.await("the cgroups are empty")
                .atMost(DEADLINE)
                .pollInterval(POLL)
                .until(() -> {
                    try (Stream<Path> controllers = Files.list(CGROUPS)) {
                        return Stream.concat(Stream.of(CGROUPS), controllers)
                                .map(controller -> controller.resolve(name))
                                .allMatch(OwnEngine::remove);
                    }
                });
        Awaitility.await("the folder is gone").atMost(DEADLINE).until(() -> remove(folder));
    }

    /** Removes what is there; a cgroup's files are not removed, they go with it. */
    private static boolean remove(Path tree) {
        if (!Files.exists(tree)) {
            return true;
        }
        boolean cgroup = tree.startsWith(CGROUPS);
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!cgroup || Files.isDirectory(one)) {
                    Files.delete(one);
                }
            }
            return true;
        } catch (IOException | UncheckedIOException stillInUse) {
            return false;
        }
    }

    private static boolean isOnPath(String command) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }
}
