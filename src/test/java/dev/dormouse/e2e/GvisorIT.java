package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.OwnEngine;
import dev.dormouse.testing.OwnSwap;
import dev.dormouse.testing.Runsc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Sandbox v2 under gVisor beside v1 under runc, on one engine, from the first request to the end.
 */
class GvisorIT extends OwnEngineStory {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SWAP = 512L << 20;
    private static final List<String> SLEEPY = List.of("dormouse.idle-after=1s");

    @Override
    OwnEngine.Options options() {
        return Runsc.options("1g");
    }

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = super.settings();
        settings.put("DORMOUSE_DOCKER_GVISOR", Runsc.NAME);
        settings.put("DORMOUSE_DOCKER_SANDBOXES", "2");
        settings.put("DORMOUSE_SLEEP", "deep");
        settings.put("DORMOUSE_DEEP_AFTER", "500ms");
        return settings;
    }

    private JsonNode sleepy(String name, String sandbox) {
        return deploy(
                name, Map.of("tags", SLEEPY, "sandbox", sandbox, "args", List.of("allocate=48")));
    }

    private void awaitState(JsonNode container, String state) {
        Awaitility.await("it is " + state)
                .atMost(PATIENCE)
                .until(() -> api.instances(container, state) == 1);
    }

    private String runtime(JsonNode container) {
        return api.status(container).path("instances").path(0).path("runtime").stringValue();
    }

    private String inspected(JsonNode container, String format) {
        return engine.docker("inspect", "--format", format, engineId(container));
    }

    private String engineId(JsonNode container) {
        return engine.docker(
                "ps", "--quiet", "--filter", "label=dev.dormouse.container=" + Api.id(container));
    }

    private String kernel(JsonNode container) {
        return get(container, "/file?path=/proc/version").body();
    }

    @Test
    void sandboxV2HasAKernelOfItsOwnAndV1ThatOfTheMachine() throws IOException {
        JsonNode second = deploy("second", Map.of("sandbox", "v2", "min_scale", 1));
        JsonNode first = deploy("first", Map.of("sandbox", "v1", "min_scale", 1));
        String machine = Files.readString(Path.of("/proc/version"));

        assertThat(kernel(first)).isEqualTo(machine);
        assertThat(kernel(second)).startsWith("Linux version").isNotEqualTo(machine);
        assertThat(inspected(first, "{{.HostConfig.Runtime}}")).isEqualTo("runc");
        assertThat(inspected(second, "{{.HostConfig.Runtime}}")).isEqualTo(Runsc.NAME);
        assertThat(runtime(first)).isEqualTo("runc");
        assertThat(runtime(second)).isEqualTo(Runsc.NAME);
    }

    @Test
    void itReachesNeitherItsNeighbourNorTheHostsApi() {
        JsonNode second = deploy("inside", Map.of("sandbox", "v2", "min_scale", 1));
        JsonNode neighbour = deploy("neighbour", Map.of("sandbox", "v2", "min_scale", 1));

        assertThat(knock(second, address(second), 8080)).isEqualTo("connected");
        assertThat(knock(second, address(neighbour), 8080)).isNotEqualTo("connected");
        assertThat(knock(second, place().address(), server.gatewayPort())).isEqualTo("connected");
        assertThat(knock(second, place().address(), server.apiPort())).isNotEqualTo("connected");
    }

    private String address(JsonNode container) {
        return inspected(container, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
    }

    private String knock(JsonNode from, String address, int port) {
        return get(from, "/connect?port=%d&address=%s".formatted(port, address)).body();
    }

    @Test
    void theDoctorTellsOfIt(@TempDir Path folder) throws Exception {
        DoctorIT.Visit visit =
                DoctorIT.visit(
                        Map.of(
                                "DORMOUSE_DATA_DIR",
                                folder.toString(),
                                "DORMOUSE_DOCKER_HOST",
                                engine.host(),
                                "DORMOUSE_DOCKER_GVISOR",
                                Runsc.NAME));

        assertThat(visit.about("gVisor")).containsExactly("ok");
    }

    @Test
    void whatIsUnderGvisorIsPausedWhenNobodyCallsAndTheSameWhenSomebodyDoes() {
        JsonNode container = sleepy("paused", "v2");
        String before = get(container, "/").body();
        String id = engineId(container);

        awaitState(container, "frozen");

        assertThat(inspected(container, "{{.State.Status}}")).isEqualTo("paused");
        assertThat(Frozen.isContainerFrozen(inspected(container, "{{.Id}}"))).isFalse();
        assertThat(get(container, "/").body()).isEqualTo(before);
        assertThat(engineId(container)).isEqualTo(id);
    }

    @Test
    void besideItV1GoesDeepAndV2KeepsItsMemory() {
        try (OwnSwap _ = OwnSwap.compressed(SWAP)) {
            JsonNode second = sleepy("resident", "v2");
            awaitState(second, "frozen");
            JsonNode first = sleepy("deep", "v1");

            awaitState(first, "deep");

            assertThat(api.instances(second, "frozen")).isEqualTo(1);
            assertThat(get(second, "/").statusCode()).isEqualTo(200);
            assertThat(get(first, "/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void itJoinsNoNetworkThatWasKeptReady() {
        deploy("warming", Map.of("sandbox", "v1"));
        Awaitility.await("networks are ready")
                .atMost(PATIENCE)
                .until(() ->
                        !engine.docker("ps", "--quiet", "--filter", "name=sandbox-").isEmpty());

        JsonNode second = deploy("alone", Map.of("sandbox", "v2", "min_scale", 1));
        JsonNode first = deploy("joined", Map.of("sandbox", "v1", "min_scale", 1));

        assertThat(inspected(second, "{{.HostConfig.NetworkMode}}")).doesNotContain("container:");
        assertThat(inspected(first, "{{.HostConfig.NetworkMode}}")).startsWith("container:");
    }

    @Test
    void aServerThatIsKilledLeavesItPausedAndTheNextWakesIt() {
        JsonNode container = sleepy("adopted", "v2");
        awaitState(container, "frozen");
        String process = process(container);

        server.kill();
        server.startAgain();

        awaitState(container, "frozen");
        assertThat(runtime(container)).isEqualTo(Runsc.NAME);
        assertThat(get(container, "/").statusCode()).isEqualTo(200);
        assertThat(process(container)).isEqualTo(process);
    }
}
