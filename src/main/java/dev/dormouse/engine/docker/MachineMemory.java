package dev.dormouse.engine.docker;

import dev.dormouse.engine.Swap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** What memory this machine has left, and what it swaps to; the kernel is asked each time. */
final class MachineMemory {
    private static final long KIB = 1_024;

    /** Below the tenth part the kernel begins to look for pages that it can take back. */
    private static final int SHORT_SHARE = 10;

    private static final String ZRAM = "/dev/zram";
    private static final int COLUMNS = 5;

    /** What all the pages on one device take, among its figures. */
    private static final int MEMORY_USED = 2;

    private final Path root;

    /**
     * @param root where /proc and /sys are
     */
    MachineMemory(Path root) {
        this.root = root;
    }

    /** One line of {@code /proc/swaps}. */
    private record Area(String name, long bytes, long usedBytes, int priority) {
        boolean isCompressed() {
            return name.startsWith(ZRAM);
        }

        boolean hasRoom() {
            return usedBytes < bytes;
        }
    }

    /** What the kernel would swap to next. */
    Swap swap() {
        return areas().stream()
                .filter(Area::hasRoom)
                .max(Comparator.comparingInt(Area::priority))
                .map(area -> area.isCompressed() ? Swap.COMPRESSED : Swap.DISK)
                .orElse(Swap.NONE);
    }

    /** The memory that so much takes which has been swapped: its share of what all of it takes. */
    long takenBy(long swappedBytes) {
        List<Area> areas = areas();
        long used = areas.stream().mapToLong(Area::usedBytes).sum();
        long taken = areas.stream().filter(Area::isCompressed).mapToLong(this::takenBy).sum();
        return used == 0 ? 0 : (long) (swappedBytes * Math.min(1, (double) taken / used));
    }

    private long takenBy(Area compressed) {
        Path figures =
                root.resolve("sys/block")
                        .resolve(compressed.name().substring("/dev/".length()))
                        .resolve("mm_stat");
        try {
            return Long.parseLong(Files.readString(figures).strip().split(" +", -1)[MEMORY_USED]);
        } catch (IOException untold) {
            return compressed.usedBytes();
        }
    }

    /** Whether hardly any is left. */
    boolean isShort() {
        long available = kibibytes("MemAvailable:");
        return available > 0 && available < kibibytes("MemTotal:") / SHORT_SHARE;
    }

    private long kibibytes(String name) {
        return lines("proc/meminfo").stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.split(" +", -1)[1])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    private List<Area> areas() {
        return lines("proc/swaps").stream()
                .skip(1)
                .map(line -> line.split("\\s+", -1))
                .filter(columns -> columns.length == COLUMNS)
                .map(columns ->
                        new Area(
                                columns[0],
                                Long.parseLong(columns[2]) * KIB,
                                Long.parseLong(columns[3]) * KIB,
                                Integer.parseInt(columns[4])))
                .toList();
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException untold) {
            return List.of();
        }
    }
}
