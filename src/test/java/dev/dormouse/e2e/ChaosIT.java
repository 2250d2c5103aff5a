package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.e2e.ChaosFaults.Fault;
import dev.dormouse.testing.OwnEngine;
import dev.dormouse.testing.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A long run in which everything goes wrong, in an order that the seed decides, under steady load
 * and random writes; at its end every promise is looked at. {@code ./dormouse test chaos} runs it.
 */
@EnabledIfSystemProperty(named = "chaos.minutes", matches = "\\d+")
class ChaosIT extends OwnEngineStory {
    private static final int STEADY = 3;
    private static final int CALLS_PER_SECOND = 15;
    private static final int WRITERS = 6;
    private static final Duration CONVERGENCE = Duration.ofMinutes(3);
    private static final List<Path> FAKETIME =
            List.of(
                    Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
                    Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"));

    private final long seed = Long.getLong("chaos.seed", new Random().nextLong(1_000_000));
    private final Duration length = Duration.ofMinutes(Long.getLong("chaos.minutes", 1));
    private final AtomicBoolean over = new AtomicBoolean();
    private final ChaosReport report = new ChaosReport(seed, length);
    private final List<JsonNode> steady = new ArrayList<>();
    private final Path clock = newClock();
    private SmallDisk dataDisk;

    @Override
    OwnEngine.Options options() {
        return new OwnEngine.Options(true, "600m", List.of());
    }

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        Path faketime =
                FAKETIME.stream()
                        .filter(Files::exists)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("libfaketime is not installed"));
        settings.put("LD_PRELOAD", faketime.toString());
        settings.put("FAKETIME_TIMESTAMP_FILE", clock.toString());
        settings.put("FAKETIME_CACHE_DURATION", "1");
        settings.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        // or every wait with a deadline ends at once, and is begun again
        settings.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
        settings.put("FAKETIME_DONT_RESET", "1");
        settings.put("DORMOUSE_LOG_BYTES_PER_CONTAINER", "1MB");
        settings.put("DORMOUSE_SLEEP", "freeze");
        return settings;
    }

    @Override
    @BeforeAll
    void start(@TempDir Path folder) {
        dataDisk = SmallDisk.mount(folder, "96m");
        super.start(folder);
    }

    private static Path newClock() {
        try {
            return Files.writeString(Files.createTempFile("chaos", "clock"), "+0\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    @AfterAll
    void end() throws IOException {
        try (SmallDisk _ = dataDisk) {
            super.end();
        } finally {
            Files.deleteIfExists(clock);
        }
    }

    @Test
    void afterEverythingThatCanHappenAllIsAsItWasAskedFor() throws Exception {
        System.out.println("chaos: seed " + seed + ", " + length);
        List<ChaosLoad> loads = new ArrayList<>();
        for (int i = 0; i < STEADY; i++) {
            JsonNode one = deploy("steady-" + i, Map.of("min_scale", 1, "max_scale", 3));
            steady.add(one);
            loads.add(ChaosLoad.on(server, Api.host(one), CALLS_PER_SECOND));
        }
        List<ChaosWriter> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                ChaosWriter writer =
                        new ChaosWriter(
                                api, Api.id(namespace), "c" + i, image, new Random(seed + i));
                writers.add(writer);
                running.add(threads.submit(() -> write(writer)));
            }
            running.add(threads.submit(this::rollSteadyOnes));
            happen();
            over.set(true);
            for (Future<?> one : running) {
                one.get(5, TimeUnit.MINUTES);
            }
        } finally {
            over.set(true);
            loads.forEach(load -> report.calls(load.sent(), load.finish()));
            writers.forEach(writer -> report.writes(writer.counts()));
        }
        List<String> broken = new ArrayList<>(report.lost());
        writers.forEach(writer -> broken.addAll(check(writer)));
        broken.addAll(orphans());
        report.write(Path.of("target", "chaos.md"), broken);
        Files.writeString(Path.of("target", "chaos-server.log"), server.log());
        assertThat(broken).as("what was promised and does not hold; seed %d", seed).isEmpty();
    }

    private void happen() {
        Random random = new Random(seed);
        ChaosFaults faults =
                new ChaosFaults(server, engine, dataDir, clock, random, this::isServing);
        long until = System.nanoTime() + length.toNanos();
        while (System.nanoTime() < until) {
            ChaosFaults.sleep(Duration.ofMillis(1000 + random.nextInt(5000)));
            Fault fault = faults.any();
            System.out.println("chaos: " + fault);
            long began = System.nanoTime();
            faults.happen(fault);
            report.happened(fault, began, System.nanoTime());
        }
    }

    private boolean isServing() {
        try {
            return api.send("GET", "/dormouse/v1/status", "").status() == 200
                    && steady.stream().allMatch(one -> get(one, "/").statusCode() == 200);
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private void write(ChaosWriter writer) {
        while (!over.get()) {
            writer.write();
            ChaosFaults.sleep(Duration.ofMillis(700));
        }
    }

    /** What serves is rolled out again and again meanwhile, and nobody may notice. */
    private void rollSteadyOnes() {
        for (int i = 0; !over.get(); i++) {
            JsonNode one = steady.get(i % steady.size());
            Map<String, Object> fields =
                    Map.of("environment_variables", Map.of("GENERATION", "" + i));
            try {
                api.send(
                        "PATCH", "/containers/v1/regions/fr-par/containers/" + Api.id(one), fields);
            } catch (UncheckedIOException away) {
                System.out.println("chaos: a rollout was not asked for, the API is away");
            }
            ChaosFaults.sleep(Duration.ofSeconds(3));
        }
    }

    private List<String> check(ChaosWriter writer) {
        try {
            writer.reconcileWithServer();
            var expected = writer.expected();
            if (expected.isPresent()) {
                JsonNode settled = settled(writer);
                String wanted = expected.get().hasImage() ? "ready" : "error";
                assertThat(settled.path("status").asString()).as("%s", settled).isEqualTo(wanted);
                if (expected.get().hasImage()) {
                    awaitAnswer(settled, expected.get().variable());
                }
            }
            return List.of();
        } catch (AssertionError | RuntimeException e) {
            return List.of(writer.name() + ": " + e.getMessage() + "\n" + doing(writer.name()));
        }
    }

    /** What the server says it is doing for the container, for whoever looks for the cause. */
    private String doing(String name) {
        try {
            return api.send("GET", "/dormouse/v1/status?name=" + name, "").body()
                    + "\n"
                    + engineSaysOf(name);
        } catch (UncheckedIOException away) {
            return "the API is away: " + away.getMessage();
        }
    }

    /** Its instances as the engine has them, and what listens where their addresses lead to. */
    private String engineSaysOf(String name) {
        return Stream.concat(
                        Stream.of(engine.machineSays("ip", "neigh")),
                        engine.docker("ps", "--all", "--quiet", "--filter", "name=^" + name + "-r")
                                .lines()
                                .map(this::engineSaysOfInstance))
                .collect(Collectors.joining("\n"));
    }

    private String engineSaysOfInstance(String id) {
        try {
            String state =
                    engine.docker(
                            "inspect", "--format", "{{json .State}} {{json .NetworkSettings}}", id);
            String pid = engine.docker("inspect", "--format", "{{.State.Pid}}", id);
            return state
                    + engine.machineSays(
                            "sh",
                            "-c",
                            "cd /proc/$0 && tr '\\0' ' ' <cmdline; cat net/tcp status;"
                                    + " nsenter --target=$0 --net ip addr",
                            pid);
        } catch (AssertionError endedMeanwhile) {
            return id + ": " + endedMeanwhile.getMessage();
        }
    }

    private JsonNode settled(ChaosWriter writer) {
        return Awaitility.await(writer.name() + " settles")
                .atMost(CONVERGENCE)
                .until(
                        () -> writer.find().orElseThrow(),
                        found -> !found.path("status").asString().endsWith("ing"));
    }

    private void awaitAnswer(JsonNode container, String variable) {
        Awaitility.await(container.path("name") + " runs what was asked for")
                .atMost(CONVERGENCE)
                .untilAsserted(() -> {
                    HttpResponse<String> answer = get(container, "/env?name=GENERATION");
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                    assertThat(answer.body()).contains(variable);
                });
    }

    /** What is on the engine and should not be, once everything has had its time. */
    private List<String> orphans() {
        try {
            Awaitility.await("the engine has what is asked for and nothing else")
                    .atMost(CONVERGENCE)
                    .untilAsserted(() -> {
                        Map<String, Integer> most = new HashMap<>();
                        JsonNode all =
                                api.send(
                                                "GET",
                                                "/containers/v1/regions/fr-par/containers?page_size=100",
                                                "")
                                        .body();
                        all.path("containers")
                                .forEach(one ->
                                        most.put(Api.id(one), one.path("max_scale").asInt()));
                        Map<String, Integer> found = new HashMap<>();
                        engine.docker(
                                        "ps",
                                        "--all",
                                        "--filter",
                                        "label=dev.dormouse.container",
                                        "--format",
                                        "{{.Label \"dev.dormouse.container\"}}")
                                .lines()
                                .filter(line -> !line.isBlank())
                                .forEach(id -> found.merge(id, 1, Integer::sum));
                        assertThat(found)
                                .allSatisfy((id, count) ->
                                        assertThat(count)
                                                .isLessThanOrEqualTo(most.getOrDefault(id, 0)));
                    });
            return List.of();
        } catch (AssertionError | RuntimeException e) {
            return List.of("on the engine: " + e.getMessage());
        }
    }
}
