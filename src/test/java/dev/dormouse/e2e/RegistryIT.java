package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import dev.dormouse.testing.TestImages;
import dev.dormouse.testing.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Images come from a registry, and the engine's own copy serves when that is away. */
class RegistryIT extends Story {
    @Test
    void aPulledImageMovesWithItsTagAndSurvivesItsRegistry(@TempDir Path folder) throws Exception {
        JsonNode container;
        try (DockerClient engine = TestImages.client();
                TestRegistry registry = TestRegistry.open(folder)) {
            container = deployPulled(engine, registry);
            redeployMoved(engine, registry, container);
            isToldOfWhatIsNotThere(registry);
        }

        api.redeploy(container);
        assertThat(api.ready(container).path("error_message").stringValue()).isEmpty();
        assertThat(get(container, "/args").body()).contains("print=second");
    }

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DOCKER_CONFIG", dataDir.resolve("docker").toString());
        return settings;
    }

    @Test
    void aGuardedRegistryIsOpenedByWhatDockerLoginLeaves(@TempDir Path folder) throws Exception {
        try (DockerClient engine = TestImages.client();
                TestRegistry registry = TestRegistry.guarded(folder, "mouse", "cheese")) {
            String reference = registry.push(engine, image, "team/guarded:1");
            docker("rmi", reference);
            JsonNode refused = api.settled(create("guarded", Map.of("image", reference)));
            assertThat(refused.path("status").stringValue()).isEqualTo("error");
            assertThat(refused.path("error_message").stringValue()).contains("could not be pulled");

            logIn(registry.host(), "mouse:cheese");
            api.updateContainer(refused, Map.of("image", reference));

            assertThat(get(api.ready(refused), "/").statusCode()).isEqualTo(200);
        }
    }

    private void logIn(String host, String userAndPassword) throws IOException {
        String auth =
                Base64.getEncoder()
                        .encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
        Path config = Files.createDirectories(dataDir.resolve("docker")).resolve("config.json");
        Files.writeString(config, "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host, auth));
    }

    private JsonNode deployPulled(DockerClient engine, TestRegistry registry) throws Exception {
        String reference = registry.push(engine, image, "team/app:latest");
        docker("rmi", reference);
        JsonNode container = deploy("pulled", Map.of("image", reference));
        assertThat(container.path("image").stringValue()).isEqualTo(reference);
        assertThat(get(container, "/args").body()).contains("from-the-image");
        return container;
    }

    private void redeployMoved(DockerClient engine, TestRegistry registry, JsonNode container)
            throws Exception {
        String reference = registry.push(engine, variant("print=second"), "team/app:latest");
        docker("tag", image, reference);
        api.redeploy(container);
        api.ready(container);
        assertThat(get(container, "/args").body()).contains("print=second");
    }

    private void isToldOfWhatIsNotThere(TestRegistry registry) {
        String reference = registry.host() + "/team/none:1";
        JsonNode missing = api.settled(create("missing", Map.of("image", reference)));
        assertThat(missing.path("error_message").stringValue())
                .startsWith("Image \"" + reference + "\" could not be pulled: ");
    }

    /** The same server with another CMD. */
    private String variant(String command) {
        String made = docker("create", image);
        docker(
                "commit",
                "--change",
                "CMD [\"" + command + "\"]",
                made,
                "dormouse-test/variant:latest");
        docker("rm", made);
        return "dormouse-test/variant:latest";
    }
}
