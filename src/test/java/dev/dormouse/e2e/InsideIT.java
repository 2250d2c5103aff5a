package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a container's process finds around itself. */
class InsideIT extends Story {
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

        String engineName =
                docker(
                        "ps",
                        "--quiet",
                        "--filter",
                        "label=dev.dormouse.container=" + Api.id(container));
        String limits =
                docker(
                        "inspect",
                        "--format",
                        "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}",
                        engineName);

        assertThat(limits).isEqualTo("256000000 256000000 250000000 1024");
    }

    @Test
    void oneContainerDoesNotReachAnother() {
        JsonNode victim = deploy("victim", Map.of());
        JsonNode attacker = deploy("attacker", Map.of());
        String address =
                docker(
                        "inspect",
                        "--format",
                        "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
                        docker(
                                "ps",
                                "--quiet",
                                "--filter",
                                "label=dev.dormouse.container=" + Api.id(victim)));

        String answer = get(attacker, "/connect?address=" + address + "&port=8080").body();

        assertThat(answer).doesNotContain("connected");
        assertThat(get(victim, "/").statusCode()).isEqualTo(200);
    }

    private static java.util.List<Integer> capabilities(String status) {
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
