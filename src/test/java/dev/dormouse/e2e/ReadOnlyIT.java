package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A database that may not be written any more, though its owner is root. */
class ReadOnlyIT extends Story {
    @Test
    void whatRunsIsServedWritesAreRefusedAndAreTakenAgainWhenTheyMay() throws Exception {
        JsonNode container = deploy("kept", Map.of());
        assumeTrue(mark("+i"), "the file system knows no immutable files");
        Api.Answer refused;
        try {
            refused = write();
            assertThat(get(container, "/").statusCode()).isEqualTo(200);
            assertThat(api.container(container).path("status").stringValue()).isEqualTo("ready");
        } finally {
            mark("-i");
        }

        assertThat(refused.status()).as("%s", refused.body()).isEqualTo(503);
        assertThat(refused.body().path("message").stringValue()).contains("dormouse.db");
        Awaitility.await("writes are taken again").until(() -> write().status() == 200);
        deploy("after", Map.of());
    }

    @Test
    void aStartIsRefusedWithAClearWordWhileWhatRunsGoesOnAndIsThenAdopted() throws Exception {
        deploy("outlives", Map.of("min_scale", 1));
        String before = instances();
        server.terminate();
        assumeTrue(mark("+i"), "the file system knows no immutable files");
        try {
            assertThatThrownBy(() -> server.startAgain())
                    .hasMessageContaining("dormouse.db may not be written");
        } finally {
            mark("-i");
        }

        server.startAgain();

        assertThat(instances()).isEqualTo(before);
        deploy("later", Map.of());
    }

    private String instances() throws IOException {
        String id = Files.readString(dataDir.resolve("server-id")).strip();
        return docker(
                "ps",
                "--quiet",
                "--filter",
                "label=dev.dormouse.server=" + id,
                "--filter",
                "label=dev.dormouse.instance");
    }

    private Api.Answer write() {
        return api.send(
                "PATCH",
                "/containers/v1/regions/fr-par/namespaces/" + Api.id(namespace),
                Map.of("description", "changed"));
    }

    private boolean mark(String attribute) throws IOException, InterruptedException {
        Path database = dataDir.resolve("dormouse.db");
        List<String> command = new ArrayList<>(List.of("chattr", attribute, database.toString()));
        // only while a server has it open
        Stream.of("-wal", "-shm")
                .map(suffix -> database + suffix)
                .filter(file -> Files.exists(Path.of(file)))
                .forEach(command::add);
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
}
