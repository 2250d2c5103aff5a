package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.SocketRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An engine that takes connections and does not answer all that is asked, or nothing. */
class EngineHangIT extends Story {
    private final SocketRelay relay = relay();

    private static SocketRelay relay() {
        try {
            Path folder = Files.createTempDirectory("dormouse-relay");
            return new SocketRelay(folder.resolve("docker.sock"), Path.of("/var/run/docker.sock"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.put("DORMOUSE_DOCKER_HOST", relay.host());
        settings.put("DORMOUSE_DOCKER_CALL_TIMEOUT", "3s");
        settings.put("DORMOUSE_DOCKER_START_TIMEOUT", "10m");
        settings.put("DORMOUSE_RESYNC_EVERY", "2s");
        return settings;
    }

    @AfterEach
    void answer() throws IOException {
        relay.speakAgain();
        relay.endConnections();
    }

    @Override
    @AfterAll
    void end() throws IOException {
        try (relay) {
            super.end();
        }
    }

    @Test
    void startsAndPullsThatAreStuckDelayNobody() throws IOException {
        JsonNode other = deploy("other", Map.of());
        relay.keepSilentOn(line ->
                line.contains("fromImage=stuck.example")
                        || (line.contains("/containers/stuck") && line.contains("/start")));
        JsonNode unpulled = create("unpulled", Map.of("image", "stuck.example/app:1"));
        JsonNode stuck = create("stuck", Map.of("min_scale", 4, "max_scale", 4));
        Awaitility.await("starts are stuck").until(() -> relay.keptWaiting() >= 3);

        deploy("brisk", Map.of());
        api.deleteContainer(other);
        api.awaitGone("containers", other);

        assertThat(api.container(stuck).path("status").stringValue()).isEqualTo("creating");
        assertThat(api.container(unpulled).path("status").stringValue()).isEqualTo("creating");
        relay.speakAgain();
        relay.endConnections();
        api.ready(stuck);
    }

    @Test
    void whatRunsIsServedAndWhatIsWrittenIsDoneOnceTheEngineAnswers() throws IOException {
        JsonNode kept = deploy("kept", Map.of());
        JsonNode closed = deploy("closed", Map.of());
        Load load = Load.on(server, Api.host(kept), "/", 2);
        relay.keepSilent();
        relay.endConnections();

        api.awaitEngine(false);
        JsonNode late = create("late", Map.of());
        api.updateContainer(closed, Map.of("privacy", "private"));

        assertThat(api.status(late).path("waits_for_engine").booleanValue()).isTrue();
        Awaitility.await("what needs no engine is done")
                .until(() -> get(closed, "/").statusCode() == 403);
        relay.speakAgain();
        relay.endConnections();
        api.awaitEngine(true);
        api.ready(late);
        assertThat(load.finish().failures()).isEmpty();
    }
}
