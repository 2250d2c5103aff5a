package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A server that is killed while it serves, writes, deploys and deletes. */
class KilledIT extends Story {
    private static final int KILLS = 3;

    /** So many networks wait for instances, however many are started in a minute. */
    private static final int READY_SANDBOXES = 2;

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.put("DORMOUSE_DOCKER_SANDBOXES", Integer.toString(READY_SANDBOXES));
        return settings;
    }

    @Test
    void killedAgainAndAgainUnderLoadAndWritesItLosesNothing() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Writers writers = new Writers(api, namespace, 3, seed);
        JsonNode steady = deploy("steady", Map.of("min_scale", 1, "max_scale", 1));
        String process = process(steady);
        JsonNode last = deploy("deployed-before", Map.of("min_scale", 1, "max_scale", 1));

        for (int kill = 0; kill < KILLS; kill++) {
            JsonNode leaving = last;
            last = create("deployed-" + kill, Map.of("min_scale", 1, "max_scale", 1));
            api.deleteContainer(leaving);
            Load load = Load.on(server, Api.host(steady), "/", 2);
            writers.writeUntil(random.nextInt(1, 60), server::kill);
            assertThat(load.finish().failures())
                    .as("seed %d: refused by the end of the server alone", seed)
                    .noneMatch(failure -> Character.isDigit(failure.charAt(0)));
            server.startAgain();

            awaitAnswer(steady);
            assertThat(process(steady)).isEqualTo(process);
            api.ready(last);
            api.awaitGone("containers", leaving);
            writers.assertNothingIsLost();
        }

        assertThat(get(last, "/").statusCode()).isEqualTo(200);
        assertThat(process(steady)).isEqualTo(process);
        String serverId = Files.readString(dataDir.resolve("server-id")).strip();
        Set<String> wanted = Set.of(engineId(steady), engineId(last));
        Awaitility.await("nothing is left that nobody wants, seed " + seed)
                .atMost(Duration.ofMinutes(1))
                .until(() ->
                        ours(serverId, "instance").equals(wanted)
                                && ours(serverId, "kind=sandbox").size()
                                        == READY_SANDBOXES + homes(wanted));
    }

    private static Set<String> ours(String serverId, String label) {
        return Set.copyOf(
                docker(
                                "ps",
                                "--all",
                                "--quiet",
                                "--filter",
                                "label=dev.dormouse.server=" + serverId,
                                "--filter",
                                "label=dev.dormouse." + label)
                        .lines()
                        .toList());
    }

    /** How many of the instances live in a sandbox. */
    private static long homes(Set<String> instances) {
        return instances.stream()
                .map(id ->
                        docker(
                                "inspect",
                                "--format",
                                "{{index .Config.Labels \"dev.dormouse.sandbox\"}}",
                                id))
                .filter(home -> !home.isBlank())
                .count();
    }

    /** Until the engine has told a server what runs, a host that it does not find yet is a 503. */
    private void awaitAnswer(JsonNode container) {
        HttpResponse<String> first = get(container, "/");
        assertThat(first.statusCode()).as(first.body()).isIn(200, 503);
        Awaitility.await("the endpoint answers")
                .atMost(Duration.ofMinutes(1))
                .until(() -> get(container, "/").statusCode() == 200);
    }

    private static String engineId(JsonNode container) {
        return running("container=" + Api.id(container));
    }

    private static String running(String label) {
        return docker("ps", "--quiet", "--filter", "label=dev.dormouse." + label);
    }
}
