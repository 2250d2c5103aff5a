package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.OwnEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The engine is killed at the worst moment: a container is created, and its start under way. */
class HalfStartedIT extends OwnEngineStory {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** The engine's runtime, which carries out no start while a file lies beside it. */
    private static final Path RUNTIME = runtime();

    private static final Path HELD = Path.of(RUNTIME + ".held");

    private static Path runtime() {
        try {
            Path file = Files.createTempFile("runtime", "");
            Files.writeString(
                    file,
                    """
                    #!/bin/sh
                    for argument; do
                        while [ "$argument" = start ] && [ -e "$0.held" ]; do sleep 0.05; done
                    done
                    exec runc "$@"
                    """);
            if (!file.toFile().setExecutable(true)) {
                throw new IllegalStateException("not to be made executable: " + file);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    OwnEngine.Options options() {
        return new OwnEngine.Options(
                true, "600m", List.of("--add-runtime=slow=" + RUNTIME, "--default-runtime=slow"));
    }

    @Override
    @AfterAll
    void end() throws IOException {
        Files.deleteIfExists(HELD);
        super.end();
        Files.delete(RUNTIME);
    }

    /** Whether the start is lost with the engine, or carried out after its end. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsLeftOfWhatAKilledEngineHalfStarted(boolean isLost) throws Exception {
        Files.createFile(HELD);
        JsonNode created = create("half-" + isLost, Map.of("min_scale", 1));
        Awaitility.await("a start is under way")
                .atMost(DEADLINE)
                .until(() -> !processesOf(RUNTIME + " ", " start ").isEmpty());

        engine.kill();
        if (isLost) {
            processesOf(RUNTIME + " ", " start ").forEach(ProcessHandle::destroyForcibly);
        }
        Files.delete(HELD);
        engine.startAgain();

        JsonNode container = api.ready(created);
        for (int i = 0; i < 20; i++) {
            assertThat(get(container, "/").statusCode()).isEqualTo(200);
        }
        Awaitility.await("nothing runs that the engine does not know of")
                .atMost(DEADLINE)
                .untilAsserted(() ->
                        assertThat(
                                        processesOf(
                                                "containerd-shim",
                                                engine.socket().getParent() + "/"))
                                .hasSameSizeAs(engine.docker("ps", "--quiet").split("\n")));
    }

    private static List<ProcessHandle> processesOf(String... words) {
        return ProcessHandle.allProcesses()
                .filter(process ->
                        List.of(words).stream()
                                .allMatch(word ->
                                        process.info().commandLine().orElse("").contains(word)))
                .toList();
    }
}
