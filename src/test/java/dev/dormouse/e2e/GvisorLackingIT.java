package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server that is to run sandbox v2 under gVisor, on an engine that does not have it. */
class GvisorLackingIT extends Story {
    private static final String RUNTIME = "no-such-runsc";

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_DOCKER_GVISOR", RUNTIME);
        return settings;
    }

    @Test
    void sandboxV2DoesNotStartUnderAnythingElseAndV1Does() {
        JsonNode second = api.settled(create("second", Map.of("sandbox", "v2")));
        JsonNode first = deploy("first", Map.of("sandbox", "v1"));

        assertThat(second.path("status").stringValue()).isEqualTo("error");
        assertThat(second.path("error_message").stringValue())
                .contains("nothing with sandbox v2 is started")
                .contains("the engine has no runtime " + RUNTIME)
                .contains("DORMOUSE_DOCKER_GVISOR");
        assertThat(get(first, "/").statusCode()).isEqualTo(200);
        assertThat(
                        docker(
                                "ps",
                                "--all",
                                "--quiet",
                                "--filter",
                                "label=dev.dormouse.container=" + Api.id(second)))
                .isEmpty();
        assertThat(api.text("/dormouse/v1/status"))
                .contains("nothing with sandbox v2 is started: the engine has no runtime");
    }

    @Test
    void theDoctorTellsIt(@TempDir Path folder) throws Exception {
        DoctorIT.Visit visit =
                DoctorIT.visit(
                        Map.of(
                                "DORMOUSE_DATA_DIR",
                                folder.toString(),
                                "DORMOUSE_DOCKER_GVISOR",
                                RUNTIME));

        assertThat(visit.about("gVisor")).containsExactly("failure");
        assertThat(visit.exitCode()).isEqualTo(1);
    }
}
