package dev.dormouse.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    @TempDir private Path folder;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private AuditLog log(long bytesMax, int filesKept) {
        return new AuditLog(
                new AuditSettings(folder.resolve("audit.log"), bytesMax, filesKept), registry);
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name));
    }

    @Test
    void linesAreThereAtOnceAndOutliveTheProcess() throws IOException {
        try (AuditLog log = log(1_000, 3)) {
            log.append("one");
            assertThat(lines("audit.log")).containsExactly("one");
        }
        try (AuditLog log = log(1_000, 3)) {
            log.append("two");
        }
        assertThat(lines("audit.log")).containsExactly("one", "two");
    }

    @Test
    void onlyAsMuchIsKeptAsAllowedAndNobodyElseReadsIt() throws IOException {
        try (AuditLog log = log(30, 2)) {
            for (int i = 10; i < 30; i++) {
                log.append("line number " + i);
            }
        }

        assertThat(lines("audit.log")).containsExactly("line number 28", "line number 29");
        assertThat(lines("audit.log.1")).containsExactly("line number 26", "line number 27");
        assertThat(lines("audit.log.2")).containsExactly("line number 24", "line number 25");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(3)
                    .allSatisfy(file ->
                            assertThat(
                                            PosixFilePermissions.toString(
                                                    Files.getPosixFilePermissions(file)))
                                    .isEqualTo("rw-------"));
        }
    }

    @Test
    void aLineThatCannotBeKeptIsCountedAndFailsNobody() throws IOException {
        Files.createDirectory(folder.resolve("audit.log"));
        try (AuditLog log = log(1_000, 2)) {
            log.append("lost");
            assertThat(registry.counter("dormouse.audit.lost").count()).isEqualTo(1);

            Files.delete(folder.resolve("audit.log"));
            log.append("kept");
        }
        assertThat(lines("audit.log")).containsExactly("kept");
    }
}
