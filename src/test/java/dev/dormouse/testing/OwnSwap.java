package dev.dormouse.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Swap of a test's own, before all that the machine has, taken away when it is closed or the tests
 * end. Needs root and a kernel that has what it is made of; the test is skipped elsewhere.
 */
public final class OwnSwap implements AutoCloseable {
    private static final Path MAKING = Path.of("/sys/class/zram-control/hot_add");
    private static final Path REMOVING = Path.of("/sys/class/zram-control/hot_remove");
    private static final String FIRST = "32000";
    private static final long DEADLINE_SECONDS = 60;

    private final String device;
    private final List<String> freeing;
    private final Thread atEnd = new Thread(this::takeAway);

    private OwnSwap(String device, List<String> freeing) {
        this.device = device;
        this.freeing = freeing;
        Runtime.getRuntime().addShutdownHook(atEnd);
    }

    /** In memory, compressed; so many bytes of it before that. */
    public static OwnSwap compressed(long bytes) {
        assumeTrue(Files.isReadable(MAKING), "no zram here: needs root, and modprobe zram");
        try {
            String number = Files.readString(MAKING).strip();
            OwnSwap swap =
                    new OwnSwap(
                            "/dev/zram" + number,
                            List.of("sh", "-c", "echo %s > %s".formatted(number, REMOVING)));
            Files.writeString(
                    Path.of("/sys/block/zram" + number, "disksize"), Long.toString(bytes));
            return swap.on();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On a disk that is a file in this folder. */
    public static OwnSwap onDisk(Path folder, long bytes) {
        assumeTrue("root".equals(System.getProperty("user.name")), "swap needs root");
        Path file = folder.resolve("swap");
        run(List.of("dd", "if=/dev/zero", "of=" + file, "bs=1M", "count=" + (bytes >> 20)));
        String device = run(List.of("losetup", "--find", "--show", file.toString())).strip();
        return new OwnSwap(device, List.of("losetup", "--detach", device)).on();
    }

    private OwnSwap on() {
        try {
            run(List.of("mkswap", device));
            run(List.of("swapon", "--priority", FIRST, device));
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        takeAway();
        Runtime.getRuntime().removeShutdownHook(atEnd);
    }

    private void takeAway() {
        try {
            if (Files.readAllLines(Path.of("/proc/swaps")).stream()
                    .anyMatch(line -> line.split("\\s", 2)[0].equals(device))) {
                run(List.of("swapoff", device));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run(freeing);
    }

    private static String run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
