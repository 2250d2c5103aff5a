package dev.dormouse.e2e;

import dev.dormouse.testing.OwnEngine;
import dev.dormouse.testing.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/**
 * What may go wrong, each fault done for real: to the server's process, to an engine of its own, in
 * that engine's network, on disks of their own, on a clock that the server alone sees.
 */
final class ChaosFaults {
    private static final Duration RECOVERY = Duration.ofSeconds(90);

    /** One of them; {@code isFelt} tells whether requests may be lost while it lasts. */
    enum Fault {
        SERVER_KILLED(true),
        SERVER_ENDED(true),
        ENGINE_KILLED(false),
        ENGINE_RESTARTED(false),
        SERVER_AND_ENGINE_KILLED(true),
        INSTANCE_KILLED(true),
        NETWORK_CUT(true),
        CLOCK_FORWARD(false),
        CLOCK_BACK(false),
        DATA_DISK_FULL(false),
        ENGINE_DISK_FULL(false);

        final boolean isFelt;

        Fault(boolean isFelt) {
            this.isFelt = isFelt;
        }
    }

    private final DormouseProcess server;
    private final OwnEngine engine;
    private final Path dataDisk;
    private final Path clock;
    private final Random random;
    private final BooleanSupplier isServing;
    private int hours;

    /**
     * @param dataDisk the server's data directory, a file system of its own
     * @param clock the file that says how far the server's clock is off
     * @param isServing whether everything that should be served is
     */
    ChaosFaults(
            DormouseProcess server,
            OwnEngine engine,
            Path dataDisk,
            Path clock,
            Random random,
            BooleanSupplier isServing) {
        this.server = server;
        this.engine = engine;
        this.dataDisk = dataDisk;
        this.clock = clock;
        this.random = random;
        this.isServing = isServing;
    }

    Fault any() {
        Fault[] all = Fault.values();
        return List.of(all).get(random.nextInt(all.length));
    }

    /** Does it, undoes it, and returns when all is served again. */
    void happen(Fault fault) {
        switch (fault) {
            case SERVER_KILLED -> {
                server.kill();
                server.startAgain();
            }
            case SERVER_ENDED -> {
                server.terminate();
                server.startAgain();
            }
            case ENGINE_KILLED -> {
                engine.kill();
                pause(5);
                engine.startAgain();
            }
            case ENGINE_RESTARTED -> {
                engine.stop();
                engine.startAgain();
            }
            case SERVER_AND_ENGINE_KILLED -> {
                server.kill();
                engine.kill();
                server.startAgain();
                pause(3);
                engine.startAgain();
            }
            case INSTANCE_KILLED -> killInstance();
            case NETWORK_CUT -> cutNetwork();
            case CLOCK_FORWARD -> jump(1);
            case CLOCK_BACK -> jump(-1);
            case DATA_DISK_FULL -> fill(dataDisk);
            case ENGINE_DISK_FULL -> fill(engine.disk());
        }
        Awaitility.await("all is served again after " + fault)
                .atMost(RECOVERY)
                .pollInterval(Duration.ofMillis(50))
                .until(isServing::getAsBoolean);
    }

    private void killInstance() {
        List<String> running =
                engine.docker("ps", "--quiet", "--filter", "label=dev.dormouse.server")
                        .lines()
                        .toList();
        if (!running.isEmpty()) {
            quietly("kill", running.get(random.nextInt(running.size())));
        }
    }

    /** It may have ended by itself meanwhile. */
    private void quietly(String... arguments) {
        try {
            engine.docker(arguments);
        } catch (AssertionError gone) {
            System.out.println("chaos: " + gone.getMessage());
        }
    }

    /** Between the server and every instance, in both directions. */
    private void cutNetwork() {
        run(engine.inside("iptables", "-I", "OUTPUT", "-o", "dm-+", "-j", "DROP"));
        run(engine.inside("iptables", "-I", "INPUT", "-i", "dm-+", "-j", "DROP"));
        pause(5);
        run(engine.inside("iptables", "-D", "INPUT", "-i", "dm-+", "-j", "DROP"));
        run(engine.inside("iptables", "-D", "OUTPUT", "-o", "dm-+", "-j", "DROP"));
    }

    private void jump(int by) {
        hours += by;
        try {
            Files.writeString(clock, "%+d\n".formatted(hours * 3600));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pause(5);
    }

    private void fill(Path folder) {
        SmallDisk disk = SmallDisk.at(folder);
        disk.fill();
        pause(5);
        disk.empty();
    }

    /** A fault lasts as long as chance has it; nothing is waited for here. */
    private void pause(int secondsMost) {
        sleep(Duration.ofMillis(500 + random.nextInt(secondsMost * 1000)));
    }

    static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void run(String... command) {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new AssertionError("failed: " + String.join(" ", command));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
