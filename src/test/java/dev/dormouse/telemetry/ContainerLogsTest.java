package dev.dormouse.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.LogLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogsTest {
    private static final UUID ID = UUID.fromString("33333333-3333-4333-8333-333333333333");
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    @TempDir Path directory;

    @Test
    void whatWasWrittenIsReadAgainAfterARestart() throws Exception {
        try (ContainerLogs logs = open(10_000)) {
            logs.append(ID, line(1, "tab\there"));
            logs.append(ID, line(2, ""));
        }
        try (ContainerLogs logs = open(10_000)) {
            assertThat(logs.tail(ID, 10)).containsExactly(line(1, "tab\there"), line(2, ""));
            assertThat(logs.tail(ID, 1)).containsExactly(line(2, ""));
            assertThat(logs.lastAt(ID, "a")).contains(NOON.plusSeconds(2));
            assertThat(logs.lastAt(ID, "b")).isEmpty();
        }
    }

    @Test
    void theDiskHoldsNoMoreThanTheBoundAndTheNewestStay() throws Exception {
        try (ContainerLogs logs = open(4_000)) {
            for (int i = 0; i < 1_000; i++) {
                logs.append(ID, line(i, "line " + i));
            }
            assertThat(bytesOnDisk()).isLessThanOrEqualTo(4_000);
            assertThat(logs.tail(ID, 10)).last().isEqualTo(line(999, "line 999"));
        }
    }

    @Test
    void aFollowerSeesTheTailAndEveryNewLineUntilItLeaves() throws Exception {
        try (ContainerLogs logs = open(10_000)) {
            logs.append(ID, line(1, "before"));
            List<String> seen = new ArrayList<>();
            ContainerLogs.Following follower = logs.follow(ID, 5, line -> seen.add(line.text()));
            logs.append(ID, line(2, "after"));
            follower.close();
            logs.append(ID, line(3, "unseen"));

            assertThat(seen).containsExactly("before", "after");
        }
    }

    @Test
    void aLineCutShortByACrashIsPassedOver() throws Exception {
        Path file = directory.resolve(ID.toString()).resolve("current.log");
        Files.createDirectories(directory.resolve(ID.toString()));
        Files.writeString(file, line(1, "whole").at() + "\ta\tstdout\twhole\n2026-11-24T12:0");
        try (ContainerLogs logs = open(10_000)) {
            assertThat(logs.tail(ID, 10)).containsExactly(line(1, "whole"));
        }
    }

    @Test
    void aContainerThatRestsHoldsNoFileOpenAndGoesOnWhereItWas() throws Exception {
        try (ContainerLogs logs = open(10_000)) {
            logs.append(ID, line(1, "before"));
            assertThat(openFiles()).isEqualTo(1);

            logs.rest(ID);

            assertThat(openFiles()).isZero();
            logs.append(ID, line(2, "after"));
            assertThat(logs.tail(ID, 10)).containsExactly(line(1, "before"), line(2, "after"));
        }
    }

    /** Of this process, in the folder of the logs. */
    private long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(Files::exists)
                    .filter(one -> {
                        try {
                            return one.toRealPath().startsWith(directory.toRealPath());
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    @Test
    void aContainerThatIsGoneLeavesNothing() throws Exception {
        try (ContainerLogs logs = open(10_000)) {
            logs.append(ID, line(1, "x"));
            logs.delete(ID);
            assertThat(bytesOnDisk()).isZero();
        }
    }

    private ContainerLogs open(long bytes) {
        return new ContainerLogs(new TelemetrySettings(directory, bytes));
    }

    private static LogLine line(int second, String text) {
        return new LogLine(NOON.plusSeconds(second), "a", "stdout", text);
    }

    private long bytesOnDisk() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).mapToLong(ContainerLogsTest::size).sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
