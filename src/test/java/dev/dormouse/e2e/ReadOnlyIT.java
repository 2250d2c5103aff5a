package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
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

    private Api.Answer write() {
        return api.send(
                "PATCH",
                "/containers/v1/regions/fr-par/namespaces/" + Api.id(namespace),
                Map.of("description", "changed"));
    }

    private boolean mark(String attribute) throws IOException, InterruptedException {
        Path database = dataDir.resolve("dormouse.db");
        return new ProcessBuilder(
                                "chattr",
                                attribute,
                                database.toString(),
                                database + "-wal",
                                database + "-shm")
                        .inheritIO()
                        .start()
                        .waitFor()
                == 0;
    }
}
