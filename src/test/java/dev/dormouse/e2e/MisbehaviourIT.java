package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Containers that do harm: each is held, its owner is told in clear words, and a neighbour on the
 * same machine is answered all the while.
 */
class MisbehaviourIT extends Story {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int NEIGHBOURS_CALLERS = 2;

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_DOCKER_PROCESSES_MAX", "128");
        settings.put("DORMOUSE_DOCKER_STORAGE_CHECK_EVERY", "500ms");
        settings.put("DORMOUSE_LOG_LINES_PER_SECOND", "200");
        settings.put("DORMOUSE_LOG_BYTES_PER_CONTAINER", "1MB");
        return settings;
    }

    /** What a container does while its neighbour is asked. */
    private interface Deed {
        void run(JsonNode bad);
    }

    private void besideANeighbour(Map<String, Object> fields, Deed deed) {
        JsonNode neighbour = deploy("neighbour", Map.of("min_scale", 1));
        JsonNode bad = deploy("bad", fields);
        Load load = Load.on(server, Api.host(neighbour), "/", NEIGHBOURS_CALLERS);
        int before = load.answered();

        deed.run(bad);

        Awaitility.await("the neighbour is answered")
                .atMost(PATIENCE)
                .until(() -> load.answered() > before + 100);
        Load.Result result = load.finish();
        assertThat(result.failed()).as("%s", result.failures()).isZero();
        assertThat(api.instances(neighbour, "ready")).isEqualTo(1);
        for (JsonNode one : List.of(bad, neighbour)) {
            api.deleteContainer(one);
            api.awaitGone("containers", one);
        }
    }

    private void awaitWord(JsonNode container, String word) {
        Awaitility.await("the status says: " + word)
                .atMost(PATIENCE)
                .until(() -> api.status(container).toString(), said -> said.contains(word));
    }

    private String output(JsonNode container) {
        return logs(container, 10_000);
    }

    @Test
    void oneThatTakesTooMuchMemoryIsStartedAgainAndThatIsTold() {
        besideANeighbour(
                Map.of("min_scale", 1),
                bad -> {
                    send(bad, "/allocate?mb=512");
                    awaitWord(bad, "went over its memory limit of 128 MB");
                    awaitAnswer(bad);
                });
    }

    @Test
    void oneThatForksWithoutEndIsHeldAndThatIsTold() {
        besideANeighbour(
                Map.of("min_scale", 1),
                bad -> {
                    send(bad, "/fork-bomb");
                    awaitWord(bad, "limit of 128 processes");
                });
    }

    @Test
    void oneThatFillsItsDiskIsStartedAgainAndThatIsTold() {
        besideANeighbour(
                Map.of("min_scale", 1, "local_storage_limit_bytes", 50_000_000),
                bad -> {
                    for (int i = 0; i < 3; i++) {
                        get(bad, "/write?mb=20&path=/file-" + i);
                    }
                    awaitWord(bad, "went over its limit of local storage of 50 MB");
                    awaitAnswer(bad);
                });
    }

    @Test
    void oneThatFloodsItsLogLosesLinesAndThatIsTold() {
        besideANeighbour(
                Map.of("min_scale", 1),
                bad -> {
                    get(bad, "/flood");
                    Awaitility.await("lines are dropped")
                            .atMost(PATIENCE)
                            .until(
                                    () -> output(bad),
                                    text -> text.matches("(?s).*\\[dormouse: \\d+ lines dropped.*"));
                    Awaitility.await("the kept output stays within its bound")
                            .during(Duration.ofSeconds(5))
                            .atMost(PATIENCE)
                            .until(() -> bytesKept(bad) <= 1_000_000);
                });
    }

    @Test
    void oneThatIgnoresItsSignalIsEndedAfterTheGrace() {
        besideANeighbour(
                Map.of("args", List.of("ignore-term")),
                bad -> {
                    api.deleteContainer(bad);
                    api.awaitGone("containers", bad);
                });
    }

    @Test
    void oneThatEndsAtRandomIsStartedAgainEachTimeAndThatIsTold() {
        besideANeighbour(
                Map.of("min_scale", 1, "args", List.of("exit-within=3000")),
                bad -> awaitWord(bad, "the process exited with code "));
    }
}
