package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int NEIGHBOURS_CALLERS = 2;

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_DOCKER_PROCESSES_MAX", "128");
        settings.put("DORMOUSE_DOCKER_LIMITS_CHECK_EVERY", "500ms");
        settings.put("DORMOUSE_LOG_LINES_PER_SECOND", "200");
        settings.put("DORMOUSE_LOG_BYTES_PER_CONTAINER", "1MB");
        return settings;
    }

    /** What a container does while its neighbour is asked. */
    private interface Deed {
        void run(JsonNode bad);
    }

    private void besideANeighbour(String name, Map<String, Object> fields, Deed deed) {
        JsonNode neighbour = deploy("beside-" + name, Map.of("min_scale", 1));
        JsonNode bad = deploy(name, fields);
        Load load = Load.on(server, Api.host(neighbour), "/", NEIGHBOURS_CALLERS);
        int before = load.answered();
        try (load) {
            deed.run(bad);
            Awaitility.await("the neighbour is answered")
                    .atMost(PATIENCE)
                    .until(() -> load.answered() > before + 100);
        } finally {
            api.deleteContainer(bad);
        }
        Load.Result result = load.finish();
        assertThat(result.failed()).as("%s", result.failures()).isZero();
        assertThat(api.instances(neighbour, "ready")).isEqualTo(1);
        api.deleteContainer(neighbour);
        api.awaitGone("containers", bad);
    }

    private void awaitWord(JsonNode container, String word) {
        Awaitility.await("the status says: " + word)
                .atMost(PATIENCE)
                .until(() -> api.status(container).toString(), said -> said.contains(word));
    }

    /** Asks without caring for an answer, since there may be none. */
    private void send(JsonNode container, String path) {
        var _ =
                server.http()
                        .sendAsync(
                                server.endpoint(Api.host(container), path).build(),
                                HttpResponse.BodyHandlers.discarding());
    }

    private void awaitAnswer(JsonNode container) {
        Awaitility.await("it is there again")
                .atMost(PATIENCE)
                .until(() -> get(container, "/").statusCode() == 200);
    }

    private Path logsOf(JsonNode container) {
        return dataDir.resolve("logs").resolve(Api.id(container));
    }

    private boolean saysThatLinesWereDropped(JsonNode container) throws IOException {
        Path file = logsOf(container).resolve("current.log");
        return Files.exists(file)
                && Files.readString(file)
                        .matches(
                                "(?s).*\\[dormouse: \\d+ lines dropped, more than 200 a second\\].*");
    }

    private long bytesKept(JsonNode container) throws IOException {
        long bytes = 0;
        try (var files = Files.newDirectoryStream(logsOf(container))) {
            for (Path file : files) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    @Test
    void oneThatTakesTooMuchMemoryIsStartedAgainAndThatIsTold() {
        besideANeighbour(
                "greedy",
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
                "forking",
                // enough that the kernel's own memory for so many does not end it first
                Map.of("min_scale", 1, "memory_limit_bytes", 512_000_000),
                bad -> {
                    send(bad, "/fork-bomb");
                    awaitWord(bad, "limit of 128 processes");
                });
    }

    @Test
    void oneThatFillsItsDiskIsStartedAgainAndThatIsTold() {
        besideANeighbour(
                "filling",
                Map.of("min_scale", 1, "local_storage_limit_bytes", 1_000_000_000),
                bad -> {
                    for (int i = 0; i < 3; i++) {
                        get(bad, "/reserve?mb=400&path=/file-" + i);
                    }
                    awaitWord(bad, "went over its limit of local storage of 1000 MB");
                    awaitAnswer(bad);
                });
    }

    @Test
    void oneThatFloodsItsLogLosesLinesAndThatIsTold() {
        besideANeighbour(
                "flooding",
                Map.of("min_scale", 1),
                bad -> {
                    get(bad, "/flood");
                    Awaitility.await("lines are dropped")
                            .atMost(PATIENCE)
                            .until(() -> saysThatLinesWereDropped(bad));
                    Awaitility.await("the kept output stays within its bound")
                            .during(Duration.ofSeconds(5))
                            .atMost(PATIENCE)
                            .until(() -> bytesKept(bad) <= 1_000_000);
                });
    }

    @Test
    void oneThatIgnoresItsSignalIsEndedAfterTheGrace() {
        besideANeighbour(
                "deaf",
                Map.of("args", List.of("ignore-term")),
                bad -> {
                    api.updateContainer(bad, Map.of("args", List.of()));
                    api.ready(bad);
                    Awaitility.await("the one that ignores its signal is gone")
                            .atMost(PATIENCE)
                            .until(() -> api.status(bad).path("instances").size() == 1);
                });
    }

    @Test
    void oneThatEndsAtRandomIsStartedAgainEachTimeAndThatIsTold() {
        besideANeighbour(
                "fickle",
                Map.of("min_scale", 1, "args", List.of("exit-within=1000")),
                bad ->
                        Awaitility.await("its error says how it ended")
                                .atMost(PATIENCE)
                                .until(
                                        () ->
                                                api.container(bad)
                                                        .path("error_message")
                                                        .stringValue(),
                                        said -> said.contains("the process exited with code ")));
    }
}
