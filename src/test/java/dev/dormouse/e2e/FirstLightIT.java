package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * An image is deployed through the API and answers on its endpoint; all that was asked for reaches
 * it.
 */
class FirstLightIT extends Story {
    @Test
    void anImageIsDeployedAndAnswersOnItsEndpoint() {
        JsonNode created = create("first", Map.of());
        assertThat(created.path("status").stringValue()).isEqualTo("creating");
        JsonNode ready = api.ready(created);

        assertThat(ready.path("public_endpoint").stringValue())
                .startsWith(
                        "https://stories"
                                + Api.id(namespace).substring(0, 8)
                                + "-first.functions.fnc.fr-par.localhost:"
                                + server.tlsPort());
        assertThat(ready.path("error_message").stringValue()).isEmpty();
        assertThat(get(ready, "/").statusCode()).isEqualTo(200);
        assertThat(get(ready, "/").body()).startsWith("hello");
    }

    @Test
    void theEnvironmentReachesTheProcessUnchangedAndTheContainerWinsOverItsNamespace() {
        JsonNode space =
                api.createNamespace(
                        Map.of(
                                "name",
                                "surroundings",
                                "environment_variables",
                                Map.of("A", "namespace", "B", "namespace"),
                                "secret_environment_variables",
                                Map.of("C", "namespace secret")));
        JsonNode container =
                deploy(
                        "env",
                        Map.of(
                                "namespace_id",
                                Api.id(space),
                                "port",
                                9000,
                                "environment_variables",
                                Map.of("B", "two\nlines = \"quoted\" $(A)"),
                                "secret_environment_variables",
                                Map.of("D", "hush")));

        assertThat(get(container, "/env?name=A").body().strip()).isEqualTo("namespace");
        assertThat(get(container, "/env?name=B").body()).contains("two\nlines = \"quoted\" $(A)");
        assertThat(get(container, "/env?name=C").body()).contains("namespace secret");
        assertThat(get(container, "/env?name=D").body()).contains("hush");
        assertThat(get(container, "/env?name=PORT").body()).contains("9000");
        assertThat(get(container, "/env?name=SCW_APPLICATION_ID").body())
                .contains(Api.id(container));
        assertThat(get(container, "/env?name=SCW_NAMESPACE_ID").body()).contains(Api.id(space));
    }

    @Test
    void argsAndCommandTakeThePlaceOfTheImagesOwnAndAreExpanded() {
        JsonNode container =
                deploy(
                        "args",
                        Map.of(
                                "args",
                                List.of("print=$(WHO)"),
                                "environment_variables",
                                Map.of("WHO", "a dormouse")));

        assertThat(get(container, "/args").body())
                .contains("print=a dormouse")
                .doesNotContain("from-the-image");
    }

    @Test
    void whatItPrintedIsKeptAndReadAgain() {
        JsonNode container =
                deploy("talker", Map.of("args", List.of("print=good morning", "error=oh dear")));
        get(container, "/print?text=called");

        Awaitility.await()
                .untilAsserted(() -> {
                    String kept = logs(container);
                    assertThat(kept)
                            .contains("good morning")
                            .contains("oh dear")
                            .contains("called");
                    assertThat(kept.indexOf("good morning")).isLessThan(kept.indexOf("called"));
                });
    }

    private String logs(JsonNode container) throws IOException {
        Path directory = dataDir.resolve("logs").resolve(Api.id(container));
        return Files.exists(directory.resolve("current.log"))
                ? Files.readString(directory.resolve("current.log"))
                : "";
    }

    @Test
    void deletingLeavesNothingBehind() {
        JsonNode container = deploy("gone", Map.of());
        JsonNode deleting = api.deleteContainer(container);
        assertThat(deleting.path("status").stringValue()).isEqualTo("deleting");
        api.awaitGone("containers", container);

        assertThat(get(container, "/").statusCode()).isEqualTo(404);
        assertThat(
                        docker(
                                "ps",
                                "--all",
                                "--quiet",
                                "--filter",
                                "label=dev.dormouse.container=" + Api.id(container)))
                .isEmpty();
        assertThat(dataDir.resolve("logs").resolve(Api.id(container))).doesNotExist();
    }

    @Test
    void deletingANamespaceTakesItsContainersWithIt() {
        JsonNode space = api.createNamespace(Map.of("name", "short-lived"));
        JsonNode container = deploy("inside", Map.of("namespace_id", Api.id(space)));
        JsonNode unfinished = create("unfinished", Map.of("namespace_id", Api.id(space)));

        api.deleteNamespace(space);

        api.awaitGone("namespaces", space);
        assertThat(api.get("containers", container).status()).isEqualTo(404);
        assertThat(api.get("containers", unfinished).status()).isEqualTo(404);
    }

    @Test
    void secretsAreNowhereInTheDataDirectoryNorInTheLog() throws IOException {
        deploy(
                "keeper",
                Map.of("secret_environment_variables", Map.of("KEY", "wonderfully-secret-value")));

        try (Stream<Path> files = Files.walk(dataDir)) {
            assertThat(
                            files.filter(Files::isRegularFile)
                                    .filter(file -> contains(file, "wonderfully-secret-value"))
                                    .toList())
                    .isEmpty();
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            return false;
        }
    }
}
