package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What people do with curl and nginx works the same with Dormouse between them. */
class ToolsIT extends Story {
    private static final String NUMBERS =
            IntStream.rangeClosed(1, 200_000)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining("\n", "", "\n"));
    private static final long MEBIBYTE = 1L << 20;

    /** Less than a third of the least that passes, and room for the heap to grow. */
    private static final long GROWTH_MAX = 160 * MEBIBYTE;

    private JsonNode nginx;
    private JsonNode echo;

    @BeforeAll
    void deployBoth() throws Exception {
        Path build = Path.of("src", "test", "nginx", "build").toAbsolutePath();
        Process process = new ProcessBuilder(build.toString()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s", said).isZero();
        nginx = deploy("nginx", Map.of("image", "dormouse-test/nginx:latest", "min_scale", 1));
        echo = deploy("echo", Map.of("mvcpu_limit", 2_000));
    }

    @ParameterizedTest
    @EnumSource
    void aFileComesWholeAndInTheProtocolThatWasAskedFor(Way way) throws Exception {
        assertThat(curl(way, nginx, "/numbers.txt")).isEqualTo(NUMBERS + "200 " + way.version());
        assertThat(curl(way, nginx, "/none")).contains("nginx").endsWith("404 " + way.version());
    }

    @ParameterizedTest
    @EnumSource
    void partsOfAFileAreHad(Way way) throws Exception {
        String end = "206 " + way.version();

        assertThat(curl(way, nginx, "/numbers.txt", "--range", "0-3")).isEqualTo("1\n2\n" + end);
        assertThat(curl(way, nginx, "/numbers.txt", "--range", "-7")).isEqualTo("200000\n" + end);
        assertThat(curl(way, nginx, "/numbers.txt", "--range", "0-1,4-5", "--include"))
                .contains("multipart/byteranges")
                .contains("bytes 0-1/" + NUMBERS.length())
                .contains("bytes 4-5/" + NUMBERS.length())
                .endsWith(end);
        assertThat(curl(way, nginx, "/numbers.txt", "--range", "9999999-", "--include"))
                .containsIgnoringCase("content-range: bytes */" + NUMBERS.length())
                .endsWith("416 " + way.version());
    }

    @ParameterizedTest
    @EnumSource
    void aHeadIsHadWithoutItsBody(Way way) throws Exception {
        assertThat(curl(way, nginx, "/numbers.txt", "--head"))
                .containsIgnoringCase("content-length: " + NUMBERS.length() + "\r\n")
                .containsIgnoringCase("accept-ranges: bytes")
                .endsWith("\r\n\r\n200 " + way.version());
    }

    @ParameterizedTest
    @EnumSource
    void whatHasNotChangedIsNotSentAgain(Way way) throws Exception {
        Path tag = dataDir.resolve("tag-" + way);
        curl(way, nginx, "/numbers.txt", "--etag-save", tag.toString());

        assertThat(curl(way, nginx, "/numbers.txt", "--time-cond", "02 Jan 2026 00:00:00 GMT"))
                .isEqualTo("304 " + way.version());
        assertThat(curl(way, nginx, "/numbers.txt", "--time-cond", "31 Dec 2025 00:00:00 GMT"))
                .endsWith("200 " + way.version());
        assertThat(curl(way, nginx, "/numbers.txt", "--etag-compare", tag.toString()))
                .isEqualTo("304 " + way.version());
    }

    @ParameterizedTest
    @EnumSource
    void anUploadThatWaitsToBeAskedForIsStored(Way way) throws Exception {
        byte[] content = new byte[3_000_000];
        new Random(way.name().hashCode()).nextBytes(content);
        Path file = Files.write(dataDir.resolve("upload-" + way), content);
        Path back = dataDir.resolve("download-" + way);
        String path = "/upload/" + way;

        String said =
                curl(
                        way,
                        nginx,
                        path,
                        "--upload-file",
                        file.toString(),
                        "--header",
                        "Expect: 100-continue",
                        "--include");
        curl(way, nginx, path, "--output", back.toString());

        assertThat(said).contains("100").contains("201");
        assertThat(back).hasBinaryContent(content);
        assertThat(curl(way, nginx, path, "--request", "DELETE")).startsWith("204 ");
    }

    @Test
    void aCallerThatClosesItsSendingSideHasItsAnswer() throws Exception {
        String request = "GET /numbers.txt HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(Api.host(nginx));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.gatewayPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();

            String all =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(all).contains("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n" + NUMBERS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void eventsComeOneByOne(Way way) throws Exception {
        List<Long> at = new ArrayList<>();
        Process process =
                new ProcessBuilder(
                                Curl.command(
                                        arguments(
                                                way,
                                                echo,
                                                "/stream?chunks=4&ms=400",
                                                "--no-buffer",
                                                "--header",
                                                "Accept: text/event-stream")))
                        .start();
        try (BufferedReader events = process.inputReader()) {
            while (events.readLine() != null) {
                at.add(System.nanoTime());
            }
        }

        assertThat(process.waitFor()).isZero();
        assertThat(at).as("events").hasSizeGreaterThanOrEqualTo(4);
        assertThat(Duration.ofNanos(at.get(3) - at.getFirst()))
                .as("from the first to the last")
                .isGreaterThan(Duration.ofMillis(800));
    }

    @ParameterizedTest
    @CsvSource({"HTTP1,1024", "TLS_HTTP2,256"})
    void aGibibyteGoesUpAndComesBackWithoutBeingHeld(Way way, long mebibytes) throws Exception {
        long bytes = mebibytes * MEBIBYTE;
        curl(way, echo, "/echo", "--upload-file", sparse(64 * MEBIBYTE), "--output", "/dev/null");
        long before = mostMemory();

        String said =
                curl(
                        way,
                        echo,
                        "/echo",
                        "--upload-file",
                        sparse(bytes),
                        "--output",
                        "/dev/null",
                        "--write-out",
                        "%{size_upload} %{size_download}");

        assertThat(said).isEqualTo(bytes + " " + bytes);
        assertThat(mostMemory() - before).as("growth").isLessThan(GROWTH_MAX);
    }

    /** What is said, with the status and the version behind it. */
    private String curl(Way way, JsonNode container, String path, String... more)
            throws IOException, InterruptedException {
        Curl.Said said = Curl.run(arguments(way, container, path, more));
        assertThat(said.exitCode()).as("%s", said.output()).isZero();
        return said.output();
    }

    private String[] arguments(Way way, JsonNode container, String path, String... more) {
        List<String> all =
                new ArrayList<>(List.of("--write-out", "%{response_code} %{http_version}"));
        all.addAll(List.of(more));
        return way.call(server, Api.host(container), path, all);
    }

    /** A file of so many zeros, which takes no room. */
    private String sparse(long bytes) throws IOException {
        Path path = dataDir.resolve("zeros-" + bytes);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return path.toString();
    }

    /** The most that the server has held so far, in bytes. */
    private long mostMemory() throws IOException {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(server.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
