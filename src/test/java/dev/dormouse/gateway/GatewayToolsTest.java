package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that people have: curl, nghttp and h2load, where they are installed. */
class GatewayToolsTest {
    private final Served served = new Served();
    @TempDir private Path folder;

    @BeforeEach
    void serve() throws IOException {
        served.publish(
                served.instance(call -> {
                    String length = call.header("Content-Length");
                    byte[] body =
                            length.isEmpty()
                                    ? new byte[0]
                                    : Wire.exactly(call.in(), Integer.parseInt(length));
                    call.answer(call.line() + " with " + body.length);
                }));
        served.publish(edit -> edit.concurrency(200));
    }

    @AfterEach
    void stop() throws IOException {
        served.awaitQuiet();
        served.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2", "--http2-prior-knowledge"})
    void curlGetsAndPosts(String version) throws Exception {
        String host = "Host: " + Served.HOST;
        Path upload = Files.write(folder.resolve("upload"), new byte[3_000_000]);

        String got = run("curl", "-sS", version, "-H", host, "-w", " %{http_version}", url("/a"));
        String posted =
                run(
                        "curl",
                        "-sS",
                        version,
                        "-H",
                        host,
                        "--data-binary",
                        "@" + upload,
                        "-w",
                        " %{http_version}",
                        url("/b"));

        String spoken = version.equals("--http1.1") ? "1.1" : "2";
        assertThat(got).isEqualTo("GET /a HTTP/1.1 with 0 " + spoken);
        assertThat(posted)
                .as("not upgraded with a body")
                .isEqualTo(
                        "POST /b HTTP/1.1 with 3000000 "
                                + (version.equals("--http2") ? "1.1" : spoken));
    }

    @Test
    void nghttpGetsManyAtOnce() throws Exception {
        String said = run("nghttp", "-m", "20", "-H", ":authority: " + Served.HOST, url("/a"));

        assertThat(said.split("GET /a HTTP/1.1 with 0", -1)).hasSize(21);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "http/1.1"})
    void h2loadHasAllItsAnswers(String protocol) throws Exception {
        String said =
                run(
                        "h2load",
                        "-n",
                        "2000",
                        "-c",
                        "4",
                        "-m",
                        "20",
                        "-p",
                        protocol,
                        "-H",
                        ":authority: " + Served.HOST,
                        url("/a"));

        assertThat(said).contains("2000 succeeded, 0 failed, 0 errored");
        assertThat(said).contains("status codes: 2000 2xx");
    }

    private String url(String path) {
        return "http://127.0.0.1:" + served.port() + path;
    }

    private String run(String... command) throws Exception {
        assumeThat(isInstalled(command[0])).as(command[0]).isTrue();
        Path out = folder.resolve("out");
        Process process =
                new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(out, StandardCharsets.ISO_8859_1);
    }

    private static boolean isInstalled(String command) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }
}
