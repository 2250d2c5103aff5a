package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Swap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel tells of memory and swap is understood. */
class MachineMemoryTest {
    private static final String HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
    private static final String ZRAM = "/dev/zram1                              partition\t";
    private static final String FILE = "/swap file                               file\t\t";

    @TempDir private Path root;

    private MachineMemory with(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        return new MachineMemory(root);
    }

    private MachineMemory swapping(String lines) throws IOException {
        return with("proc/swaps", HEAD + lines);
    }

    @Test
    void whatHasRoomAndComesFirstIsSwappedTo() throws IOException {
        String disk = "/dev/loop4  partition\t1000\t\t10\t\t-2\n";

        assertThat(swapping("").swap()).isEqualTo(Swap.NONE);
        assertThat(swapping(disk).swap()).isEqualTo(Swap.DISK);
        assertThat(swapping(disk + ZRAM + "1000\t\t999\t\t100\n").swap())
                .isEqualTo(Swap.COMPRESSED);
        assertThat(swapping(disk + ZRAM + "1000\t\t1000\t\t100\n").swap()).isEqualTo(Swap.DISK);
    }

    @Test
    void aSwapFileWhoseNameHasASpaceIsOneToo() throws IOException {
        assertThat(swapping(FILE.replace(" file ", "\\040file ") + "1000\t\t0\t\t-2\n").swap())
                .isEqualTo(Swap.DISK);
    }

    @Test
    void aMachineThatTellsNothingHasNoSwapAndIsNotShort() {
        MachineMemory untold = new MachineMemory(root);

        assertThat(untold.swap()).isEqualTo(Swap.NONE);
        assertThat(untold.isShort()).isFalse();
        assertThat(untold.takenBy(1_000)).isZero();
    }

    @Test
    void whatIsSwappedTakesItsShareOfWhatIsCompressedAndNothingOnADisk() throws IOException {
        with("sys/block/zram1/mm_stat", "  409600   100000   204800        0   204800  0 0 0 0\n");

        assertThat(swapping(ZRAM + "1000\t\t400\t\t100\n").takenBy(40_960)).isEqualTo(20_480);
        assertThat(
                        swapping(
                                        ZRAM
                                                + "1000\t\t400\t\t100\n"
                                                + "/dev/loop4  partition\t1000\t\t400\t\t-2\n")
                                .takenBy(40_960))
                .isEqualTo(10_240);
        assertThat(swapping("/dev/loop4  partition\t1000\t\t400\t\t-2\n").takenBy(40_960)).isZero();
    }

    @Test
    void memoryIsShortWhenATenthIsLeft() throws IOException {
        String told = "MemTotal:       1000 kB\nMemFree:  5 kB\nMemAvailable:   %d kB\n";

        assertThat(with("proc/meminfo", told.formatted(100)).isShort()).isFalse();
        assertThat(with("proc/meminfo", told.formatted(99)).isShort()).isTrue();
    }
}
