package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * gRPC's own interoperability tests between a client and a server that nobody here wrote, over the
 * gateway. Left out are the cases that need Google's credentials, and those that the server of
 * grpc-java does not pass without a gateway either: cacheable calls and the probes of compression.
 * Nor is its client upgraded from HTTP/1.1: it fails on any answer with a body to the request that
 * it upgrades with.
 */
class GrpcInteropIT extends Story {
    private static final Path FOLDER = Path.of("src", "test", "grpc-interop");
    private static final String PASSWORD = "not-secret";
    private static final long CASES_SECONDS_MAX = 90;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<String> CASES =
            List.of(
                    "empty_unary",
                    "large_unary",
                    "client_compressed_unary_noprobe",
                    "server_compressed_unary",
                    "client_streaming",
                    "client_compressed_streaming_noprobe",
                    "server_streaming",
                    "server_compressed_streaming",
                    "ping_pong",
                    "empty_stream",
                    "custom_metadata",
                    "status_code_and_message",
                    "special_status_message",
                    "unimplemented_method",
                    "unimplemented_service",
                    "cancel_after_begin",
                    "cancel_after_first_response",
                    "timeout_on_sleeping_server",
                    "very_large_request",
                    "rpc_soak",
                    "channel_soak",
                    "orca_per_rpc",
                    "orca_oob");

    private JsonNode container;

    @BeforeAll
    void deployTheirServer() throws Exception {
        said(List.of(FOLDER.resolve("build").toAbsolutePath().toString()));
        container = deploy("interop", fields(Map.of("min_scale", 1)));
    }

    private static Map<String, Object> fields(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(more);
        all.put("image", "dormouse-test/grpc-interop:latest");
        all.put("protocol", "h2c");
        all.put("max_scale", 1);
        all.put("memory_limit_bytes", 512_000_000);
        all.put("mvcpu_limit", 2_000);
        return all;
    }

    @Test
    void aStreamKeepsItAwakeAndTheNextCallWakesIt() throws Exception {
        JsonNode sleeper =
                deploy(
                        "sleeper",
                        fields(
                                Map.of(
                                        "tags",
                                        List.of(
                                                "dormouse.idle-after=1s",
                                                "dormouse.sleep=freeze"))));
        String process = process(sleeper);

        try (GrpcConversation open = new GrpcConversation(server, Api.host(sleeper))) {
            open.goOn();
            Awaitility.await("it is awake")
                    .atMost(PATIENCE)
                    .until(() -> api.instances(sleeper, "ready") == 1);
            Awaitility.await("it stays awake")
                    .during(Duration.ofSeconds(4))
                    .atMost(PATIENCE)
                    .until(() -> {
                        open.goOn();
                        assertThat(api.instances(sleeper, "ready")).isEqualTo(1);
                        return true;
                    });
            open.end();
            awaitFrozen(sleeper);
            open.callOnce();
            awaitFrozen(sleeper);
        }
        try (Conversation next = new GrpcConversation(server, Api.host(sleeper))) {
            next.goOn();
            next.end();
        }

        assertThat(process(sleeper)).isEqualTo(process);
    }

    private void awaitFrozen(JsonNode container) {
        Awaitility.await("it is frozen")
                .atMost(PATIENCE)
                .until(() -> api.instances(container, "frozen") == 1);
    }

    @Test
    void allCasesPassInCleartext() throws Exception {
        assertAllPass(List.of(), port(server.gatewayPort()), "--use_tls=false");
    }

    @Test
    void allCasesPassOverTls() throws Exception {
        assertAllPass(trustingTheAuthority(), port(server.tlsPort()), "--use_tls=true");
    }

    @Test
    void allCasesPassOverTlsWithAnotherClient() throws Exception {
        assertAllPass(
                trustingTheAuthority(),
                port(server.tlsPort()),
                "--use_tls=true",
                "--use_okhttp=true");
    }

    private static String port(int port) {
        return "--server_port=" + port;
    }

    private void assertAllPass(List<String> properties, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(properties);
        Path target = FOLDER.resolve("target");
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        target.resolve("grpc-interop.jar") + ":" + target.resolve("lib") + "/*",
                        "io.grpc.testing.integration.Cases",
                        String.join(",", CASES),
                        "--server_host=127.0.0.1",
                        "--server_host_override=" + Api.host(container),
                        "--soak_per_iteration_max_acceptable_latency_ms=10000",
                        "--soak_overall_timeout_seconds=30",
                        "--service_config_json={\"loadBalancingConfig\":"
                                + " [{\"test_backend_metrics_load_balancer\": {}}]}"));
        command.addAll(List.of(options));

        String output = said(command);

        assertThat(output.lines().filter(line -> line.startsWith("passed ")))
                .as("%s", output)
                .containsExactlyElementsOf(CASES.stream().map(name -> "passed " + name).toList());
        assertThat(api.status(container).path("instances"))
                .as("one instance, and nothing left on it")
                .singleElement()
                .satisfies(one -> assertThat(one.path("in_flight").intValue()).isZero());
    }

    private List<String> trustingTheAuthority() throws Exception {
        Path store = dataDir.resolve("trusted.p12");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (var authority = Files.newInputStream(dataDir.resolve("tls").resolve("ca.pem"));
                OutputStream out = Files.newOutputStream(store)) {
            trusted.setCertificateEntry(
                    "authority",
                    CertificateFactory.getInstance("X.509").generateCertificate(authority));
            trusted.store(out, PASSWORD.toCharArray());
        }
        return List.of(
                "-Djavax.net.ssl.trustStore=" + store,
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }

    /** What a command says, which must end well and in time. */
    private String said(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(dataDir, "output", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            boolean ended = process.waitFor(CASES_SECONDS_MAX, TimeUnit.SECONDS);
            String all = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended).as("%s ended in time: %s", command, all).isTrue();
            assertThat(process.exitValue()).as("%s: %s", command, all).isZero();
            return all;
        } finally {
            process.destroyForcibly();
        }
    }
}
