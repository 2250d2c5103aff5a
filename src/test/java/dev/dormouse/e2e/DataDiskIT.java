package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The server's own disk is full: what can be done without it is done, and the rest is told. */
class DataDiskIT extends Story {
    private SmallDisk disk;

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.put("DORMOUSE_IDLE_AFTER", "1s");
        return settings;
    }

    @Override
    @BeforeAll
    void start(@TempDir Path folder) {
        disk = SmallDisk.mount(folder, "24m");
        super.start(folder);
    }

    @Override
    @AfterAll
    void end() throws IOException {
        try (SmallDisk _ = disk) {
            super.end();
        }
    }

    @Test
    void whatRunsIsServedAndWokenWritesAreRefusedAndAllGoesOnWhenThereIsRoom() {
        JsonNode awake = deploy("awake", Map.of("min_scale", 1));
        JsonNode asleep = deploy("asleep", Map.of());
        Awaitility.await("it sleeps").until(() -> api.instances(asleep, "ready") == 0);

        disk.fill();
        Api.Answer refused = refusedWrite();
        assertThat(get(awake, "/print?text=lost").statusCode()).isEqualTo(200);
        assertThat(get(asleep, "/").statusCode()).isEqualTo(200);
        JsonNode read = api.container(awake);
        disk.empty();

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body().path("type").stringValue()).isEqualTo("unavailable");
        assertThat(refused.body().path("message").stringValue()).contains("its disk is full");
        assertThat(read.path("status").stringValue()).isEqualTo("ready");
        deploy("after", Map.of());
        get(awake, "/print?text=kept");
        Awaitility.await("output is kept again").until(() -> logs(awake).contains("kept"));
        assertThat(server.log())
                .contains("output of a container is lost")
                .doesNotContain("\n\tat ");
    }

    /** The database has some room of its own in files that it has made already. */
    private Api.Answer refusedWrite() {
        return Awaitility.await("a write is refused")
                .until(
                        () ->
                                api.send(
                                        "PATCH",
                                        "/containers/v1/regions/fr-par/namespaces/"
                                                + Api.id(namespace),
                                        Map.of("description", "d".repeat(200))),
                        answer -> answer.status() != 200);
    }

    private String logs(JsonNode container) {
        return api.text("/dormouse/v1/containers/" + Api.id(container) + "/logs");
    }
}
