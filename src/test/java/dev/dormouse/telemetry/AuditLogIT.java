package dev.dormouse.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit log on a disk that is really full; needs root for the mount. */
class AuditLogIT {
    private static final int TRIES = 1_100;
    private static final String LINE = "x".repeat(999);

    @TempDir private Path disk;
    private boolean mounted;

    @BeforeEach
    void mountSmallDisk() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString());
        assumeTrue(mounted, "may not mount a file system");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    @Test
    void keepsWholeLinesOnlyAndGoesOnWhenThereIsRoom() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Path file = disk.resolve("audit.log");
        try (AuditLog log = new AuditLog(new AuditSettings(file, 100_000_000, 1), registry)) {
            for (int i = 0; i < TRIES; i++) {
                log.append(LINE);
            }
            double lost = registry.counter("dormouse.audit.lost").count();
            assertThat(lost).isPositive();
            List<String> kept = Files.readAllLines(file);
            assertThat(kept).containsOnly(LINE).hasSize(TRIES - (int) lost);

            assertThat(run("mount", "-o", "remount,size=8m", disk.toString())).isTrue();
            log.append("after");

            assertThat(Files.readAllLines(file)).hasSize(kept.size() + 1).endsWith("after");
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
}
