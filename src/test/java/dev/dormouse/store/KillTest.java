package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Container;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Killed at any instant, the store has lost nothing acknowledged and applied nothing by half. */
final class KillTest {
    private static final int KILLS = 5;
    private static final String WRITTEN = "written ";

    @TempDir Path folder;

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void losesNothingAcknowledgedWhenKilled() throws Exception {
        RandomGenerator random = RandomGenerator.getDefault();
        List<UUID> acknowledged = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged.addAll(writeUntilKilledAfter(random.nextInt(1, 150), random.nextLong()));
        }

        try (Store store = Store.open(KilledWriter.settings(folder))) {
            List<Container> found = store.read(tables -> tables.containers().all());
            assertThat(found).extracting(Container::id).containsAll(acknowledged);
            assertThat(found)
                    .as("each with the revision that was written with it")
                    .allSatisfy(one ->
                            assertThat(
                                            store.<List<?>>read(
                                                    tables -> tables.revisions().of(one.id())))
                                    .hasSize(1));
            assertThat(found.size() - acknowledged.size())
                    .as("committed, but killed before it could say so")
                    .isBetween(0, KILLS);
        }
    }

    private List<UUID> writeUntilKilledAfter(int count, long seed) throws Exception {
        List<UUID> acknowledged = new ArrayList<>();
        Process process = start(seed);
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            while (line != null) {
                if (line.startsWith(WRITTEN)) {
                    acknowledged.add(UUID.fromString(line.substring(WRITTEN.length())));
                }
                if (acknowledged.size() == count) {
                    // through the handle, which leaves what was printed to be read
                    process.toHandle().destroyForcibly();
                }
                line = output.readLine();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(acknowledged).as("seed %d", seed).hasSizeGreaterThanOrEqualTo(count);
        return acknowledged;
    }

    private Process start(long seed) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledWriter.class.getName(),
                        folder.toString(),
                        Long.toString(seed))
                .redirectErrorStream(true)
                .start();
    }
}
