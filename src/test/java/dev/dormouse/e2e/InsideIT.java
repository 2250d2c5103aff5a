package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a container's process finds around itself. */
class InsideIT extends Story {
    /** Every port is open to the network, as far as the server goes. */
    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put(DormouseProcess.LISTEN_ON, "0.0.0.0");
        return settings;
    }

    @Test
    void itHasFewRightsAndCannotGainMore() {
        JsonNode container = deploy("modest", Map.of());

        String status = get(container, "/file?path=/proc/self/status").body();

        assertThat(status).contains("NoNewPrivs:\t1").contains("Seccomp:\t2");
        assertThat(capabilities(status))
                .as("no raw sockets, no mounting, no tracing, no devices")
                .doesNotContain(13, 19, 21, 27);
    }

    @Test
    void itsLimitsAreThoseThatWereAskedFor() {
        JsonNode container =
                deploy("limited", Map.of("memory_limit_bytes", 256_000_000, "mvcpu_limit", 250));

        String limits =
                ofInstance(
                        container,
                        "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}");

        assertThat(limits).isEqualTo("256000000 256000000 250000000 1024");
    }

    @Test
    void oneContainerDoesNotReachAnother() {
        JsonNode victim = deploy("victim", Map.of());
        JsonNode attacker = deploy("attacker", Map.of());
        JsonNode elsewhere = api.createNamespace(Map.of("name", "elsewhere"));
        JsonNode stranger = deploy("stranger", Map.of("namespace_id", Api.id(elsewhere)));
        String address = ofHome(victim, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");

        assertThat(knock(victim, address, 8080)).isEqualTo("connected");
        assertThat(knock(attacker, address, 8080)).isNotEqualTo("connected");
        assertThat(knock(stranger, address, 8080)).isNotEqualTo("connected");
        assertThat(get(victim, "/").statusCode()).isEqualTo(200);
    }

    @Test
    void ofItsHostItReachesTheGatewayAndNothingElse() throws IOException {
        JsonNode container = deploy("curious", Map.of());
        String host = ofHome(container, "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}");

        try (ServerSocket service = new ServerSocket(0)) {
            assertThat(knock(container, host, service.getLocalPort())).isEqualTo("refused");
        }
        assertThat(knock(container, host, server.apiPort())).isEqualTo("refused");
        assertThat(knock(container, host, server.gatewayPort())).isEqualTo("connected");
        assertThat(knock(container, "169.254.169.254", 80)).isEqualTo("refused");
        assertThat(api.send("GET", "/dormouse/v1/status", "").body().path("warnings")).isEmpty();
    }

    @Test
    void itSeesNoEngineAndNoDevice() {
        JsonNode container = deploy("blind", Map.of());

        for (String socket :
                List.of(
                        "/var/run/docker.sock",
                        "/run/docker.sock",
                        "/run/containerd/containerd.sock")) {
            assertThat(get(container, "/file?path=" + socket).body())
                    .isEqualTo("No such file or directory");
        }
        assertThat(get(container, "/list?path=/dev").body().lines())
                .isSubsetOf(
                        ".", "..", "console", "core", "fd", "full", "mqueue", "null", "ptmx", "pts",
                        "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero");
        assertThat(get(container, "/file?path=/proc/kcore").body())
                .isIn("", "No such file or directory");
        assertThat(get(container, "/list?path=/sys/firmware").body().lines())
                .containsOnly(".", "..");
    }

    @Test
    void itWritesNothingOfTheKernels() {
        JsonNode container = deploy("quiet", Map.of());

        for (String file :
                List.of(
                        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                        "/sys/fs/cgroup/pids/pids.max",
                        "/sys/fs/cgroup/cpu/cgroup.procs",
                        "/sys/kernel/mm/ksm/run",
                        "/proc/sys/kernel/core_pattern",
                        "/proc/sys/net/ipv4/ip_forward",
                        "/proc/sysrq-trigger")) {
            assertThat(get(container, "/write?mb=1&path=" + file).body())
                    .as(file)
                    .isIn("0 Read-only file system\n", "0 No such file or directory\n");
        }
    }

    private String knock(JsonNode container, String address, int port) {
        return get(container, "/connect?address=%s&port=%d".formatted(address, port)).body();
    }

    /** What the engine tells of the container that the instance's network is of: it or another. */
    private static String ofHome(JsonNode container, String format) {
        String home = ofInstance(container, "{{index .Config.Labels \"dev.dormouse.sandbox\"}}");
        return home.isEmpty()
                ? ofInstance(container, format)
                : docker("inspect", "--format", format, home);
    }

    /** What the engine tells of the container's only instance. */
    private static String ofInstance(JsonNode container, String format) {
        return docker(
                "inspect",
                "--format",
                format,
                docker(
                        "ps",
                        "--quiet",
                        "--filter",
                        "label=dev.dormouse.container=" + Api.id(container)));
    }

    private static List<Integer> capabilities(String status) {
        String hex =
                status.lines()
                        .filter(line -> line.startsWith("CapBnd:"))
                        .map(line -> line.substring("CapBnd:".length()).strip())
                        .findFirst()
                        .orElseThrow();
        long bits = Long.parseUnsignedLong(hex, 16);
        return java.util.stream.IntStream.range(0, 64)
                .filter(bit -> (bits >>> bit & 1) == 1)
                .boxed()
                .toList();
    }
}
