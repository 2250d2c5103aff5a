package dev.dormouse.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.telemetry.AccessSettings.Format;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class AccessLogTest {
    private static final long BYTES_MAX = 100_000;

    @TempDir private Path folder;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void linesAreThereAMomentLaterAndOutliveTheProcess() throws Exception {
        try (AccessLog log = log(Format.JSON)) {
            log.tell(access("/one", "curl"));
            await().until(() -> lines("access.log").size() == 1);
            log.tell(access("/two", "curl"));
        }
        try (AccessLog log = log(Format.JSON)) {
            log.tell(access("/three", "curl"));
        }

        assertThat(lines("access.log"))
                .extracting(AccessLogTest::path)
                .containsExactly("/one", "/two", "/three");
    }

    @Test
    void aLineOfJsonSaysAllThereIs() throws Exception {
        try (AccessLog log = log(Format.JSON)) {
            log.tell(access("/a\"b\n", "curl/8"));
        }

        assertThat(JsonMapper.shared().readTree(lines("access.log").getFirst()))
                .isEqualTo(
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"at":"2026-11-24T12:00:00.250Z","request_id":"r-1",
                                         "container_id":"c-1","namespace":"shop","container":"web","host":"web.test",
                                         "instance":"i-1","method":"GET","path":"/a\\"b\\n",
                                         "protocol":"h2","client":"192.0.2.7",
                                         "user_agent":"curl/8","bytes_in":5,"status":502,
                                         "cause":"instance_failed","cut":true,"bytes_out":7,
                                         "ms":312.045,"parts":{"start":300.0,"app":3.21},
                                         "retries":2}
                                        """));
    }

    @Test
    void theCommonFormIsThatOfWebServersAndNothingBreaksOutOfIt() throws Exception {
        try (AccessLog log = log(Format.COMMON)) {
            log.tell(access("/a", "say \"hi\"\r\nagain \\"));
        }

        assertThat(lines("access.log"))
                .containsExactly(
                        "192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] \"GET /a HTTP/2.0\" 502 7"
                                + " \"https://from.test/\" \"say \\\"hi\\\"\\x0d\\x0aagain \\\\\"");
    }

    @Test
    void onlyAsMuchIsKeptAsAllowedInWholeLinesThatNobodyElseReads() throws Exception {
        try (AccessLog log = log(Format.JSON)) {
            for (int i = 0; i < 3_000; i++) {
                log.tell(access("/" + i, "x".repeat(100)));
            }
        }

        List<String> paths =
                Stream.of("access.log.2", "access.log.1", "access.log")
                        .flatMap(name -> lines(name).stream())
                        .map(AccessLogTest::path)
                        .toList();
        assertThat(paths).hasSizeBetween(300, 2_000).endsWith("/2998", "/2999");
        int first = Integer.parseInt(paths.getFirst().substring(1));
        assertThat(paths)
                .containsExactlyElementsOf(
                        Stream.iterate(first, i -> i + 1)
                                .limit(3_000L - first)
                                .map(i -> "/" + i)
                                .toList());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(3)
                    .allSatisfy(file -> {
                        assertThat(Files.size(file)).isLessThanOrEqualTo(BYTES_MAX);
                        assertThat(
                                        PosixFilePermissions.toString(
                                                Files.getPosixFilePermissions(file)))
                                .isEqualTo("rw-------");
                    });
        }
    }

    @Test
    void whatTheDiskDoesNotTakeIsCountedAndKeepsNobodyWaiting() throws Exception {
        Files.createDirectory(folder.resolve("access.log"));
        try (AccessLog log = log(Format.JSON)) {
            log.tell(access("/lost", "curl"));
            await().until(() -> lost("disk") == 1);

            Files.delete(folder.resolve("access.log"));
            log.tell(access("/kept", "curl"));
        }

        assertThat(lines("access.log")).extracting(AccessLogTest::path).containsExactly("/kept");
    }

    @Test
    void whatTheWriterIsTooFarBehindForIsDroppedAndCounted() throws Exception {
        int told = 200_000;
        Access access = access("/", "x".repeat(500));
        try (AccessLog log =
                AccessLog.open(
                        new AccessSettings(
                                Format.JSON, folder.resolve("access.log"), 1_000_000_000, 1),
                        registry)) {
            for (int i = 0; i < told; i++) {
                log.tell(access);
            }
        }

        assertThat(lost("queue_full")).isPositive();
        assertThat(lines("access.log")).hasSize((int) (told - lost("queue_full")));
    }

    @Test
    void withoutALineThereIsNoFile() throws Exception {
        try (AccessLog log = log(Format.OFF)) {
            assertThat(log.isOnByDefault()).isFalse();
        }

        assertThat(folder).isEmptyDirectory();
    }

    private AccessLog log(Format format) {
        return AccessLog.open(
                new AccessSettings(format, folder.resolve("access.log"), BYTES_MAX, 2), registry);
    }

    private double lost(String cause) {
        return registry.get("dormouse.access.lost").tag("cause", cause).counter().count();
    }

    private List<String> lines(String name) {
        try {
            return Files.exists(folder.resolve(name))
                    ? Files.readAllLines(folder.resolve(name))
                    : List.of();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String path(String line) {
        return JsonMapper.shared().readTree(line).path("path").stringValue();
    }

    private static Access access(String path, String userAgent) {
        return new Access(
                Instant.parse("2026-11-24T12:00:00.250Z"),
                "r-1",
                new Access.Callee("c-1", "shop", "web", "web.test", "i-1"),
                new Access.Asked(
                        "GET",
                        path,
                        "HTTP/2.0",
                        "h2",
                        "192.0.2.7",
                        "https://from.test/",
                        userAgent,
                        5),
                new Access.Answered(502, "instance_failed", true, 7),
                new Access.Spent(
                        312_045_678,
                        List.of(
                                new Access.Part("start", 300_000_000),
                                new Access.Part("app", 3_210_000)),
                        2));
    }
}
