package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.OwnSwap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What nobody calls for a while gives its memory away, and is the same when it is called. */
class DeepIT extends Story {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SWAP = 512L << 20;
    private static final long ALLOCATED = 64L << 20;
    private static final List<String> SLEEPY = List.of("dormouse.idle-after=1s");
    private static final int CALLERS = 4;
    private static final int CALLS = 10;

    /** Of the pauses between calls; the system property runs the same again. */
    private static final long SEED = Long.getLong("dormouse.seed", System.nanoTime());

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_SLEEP", "deep");
        settings.put("DORMOUSE_DEEP_AFTER", "500ms");
        return settings;
    }

    private JsonNode deployed(String name, String... tags) {
        List<String> all = new ArrayList<>(SLEEPY);
        all.addAll(List.of(tags));
        return deploy(name, Map.of("tags", all, "args", List.of("allocate=" + (ALLOCATED >> 20))));
    }

    private void awaitState(JsonNode container, String state) {
        Awaitility.await("it is " + state)
                .atMost(PATIENCE)
                .until(() -> api.instances(container, state) == 1);
    }

    private long told(JsonNode container, String field) {
        return api.status(container).path("instances").path(0).path(field).asLong();
    }

    @Test
    void whatIsDeepHoldsLittleAndIsTheSameWhenItIsCalled() {
        try (OwnSwap _ = OwnSwap.compressed(SWAP)) {
            JsonNode container = deployed("deep");
            String before = get(container, "/recall").body();
            String engineId = RestartIT.engineId(container);
            assertThat(told(container, "memory_bytes")).isGreaterThan(ALLOCATED);

            awaitState(container, "deep");

            assertThat(told(container, "memory_bytes")).isLessThan(ALLOCATED / 2);
            assertThat(told(container, "swapped_bytes")).isGreaterThan(ALLOCATED / 2);
            assertThat(get(container, "/recall").body()).isEqualTo(before);
            assertThat(RestartIT.engineId(container)).isEqualTo(engineId);
            awaitState(container, "deep");
        }
    }

    @Test
    void aServerThatIsKilledLeavesItSoAndTheNextWakesIt() {
        try (OwnSwap _ = OwnSwap.compressed(SWAP)) {
            JsonNode container = deployed("adopted");
            String before = get(container, "/recall").body();
            String engineId = RestartIT.engineId(container);
            awaitState(container, "deep");

            server.kill();
            server.startAgain();

            assertThat(get(container, "/recall").body()).isEqualTo(before);
            assertThat(RestartIT.engineId(container)).isEqualTo(engineId);
        }
    }

    @Test
    void aTagKeepsItsMemoryWhereItIs() {
        try (OwnSwap _ = OwnSwap.compressed(SWAP)) {
            JsonNode resident = deployed("resident", "dormouse.sleep=freeze");
            awaitState(resident, "frozen");
            JsonNode deep = deployed("beside");

            awaitState(deep, "deep");

            assertThat(api.instances(resident, "frozen")).isEqualTo(1);
            assertThat(told(resident, "memory_bytes")).isGreaterThan(ALLOCATED);
        }
    }

    /** Calls come whenever its memory is about to go, goes, or has just gone. */
    @Test
    void noCallIsLostWhenSinkingAndCallingMeet() throws Exception {
        try (OwnSwap _ = OwnSwap.compressed(SWAP)) {
            List<Callable<List<String>>> callers =
                    IntStream.range(0, CALLERS)
                            .mapToObj(i -> caller(deployed("racer-" + i), new Random(SEED + i)))
                            .toList();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<List<String>> caller : threads.invokeAll(callers)) {
                    assertThat(caller.get()).as("seed %d", SEED).hasSize(CALLS);
                }
            }
        }
    }

    private Callable<List<String>> caller(JsonNode container, Random random) {
        return () -> {
            String before = get(container, "/recall").body();
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                Thread.sleep(1_500 + random.nextInt(1_500));
                var answer = get(container, "/recall");
                assertThat(answer.statusCode()).as("call %d, seed %d", i, SEED).isEqualTo(200);
                assertThat(answer.body()).as("call %d, seed %d", i, SEED).isEqualTo(before);
                answers.add(answer.body());
            }
            return answers;
        };
    }
}
