package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.Place;
import dev.dormouse.testing.TestImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One server for the stories of a class; at the end nothing of it may be left on the engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Story {
    /** How long an instance that is not needed stays, where a story does not say otherwise. */
    static final Map<String, String> QUICK =
            Map.of("DORMOUSE_SCALE_DOWN_AFTER", "2s", "DORMOUSE_STOP_GRACE", "5s");

    Path dataDir;

    DormouseProcess server;
    Api api;
    JsonNode namespace;
    String image;

    @BeforeAll
    void start(@TempDir Path folder) {
        dataDir = folder;
        image = image();
        server = DormouseProcess.start(dataDir, settings(), place());
        api = server.api();
        namespace = api.createNamespace(Map.of("name", "stories"));
    }

    Map<String, String> settings() {
        return QUICK;
    }

    /** The image that stories deploy. */
    String image() {
        return TestImages.server();
    }

    /** Where the server runs. */
    Place place() {
        return Place.HERE;
    }

    /** What the command line of the server's engine says. */
    String engineSays(String... arguments) {
        return docker(arguments);
    }

    @AfterAll
    void end() throws IOException {
        String id = Files.readString(dataDir.resolve("server-id")).strip();
        server.close();
        assertThat(
                        engineSays(
                                "ps",
                                "--all",
                                "--quiet",
                                "--filter",
                                "label=dev.dormouse.server=" + id))
                .isEmpty();
        assertThat(
                        engineSays(
                                "network",
                                "ls",
                                "--quiet",
                                "--filter",
                                "label=dev.dormouse.server=" + id))
                .isEmpty();
    }

    /** A container of the test image that answers under that name; more fields may be given. */
    JsonNode deploy(String name, Map<String, Object> fields) {
        return api.ready(create(name, fields));
    }

    JsonNode create(String name, Map<String, Object> fields) {
        Map<String, Object> all =
                new HashMap<>(
                        Map.of(
                                "namespace_id",
                                Api.id(namespace),
                                "name",
                                name,
                                "image",
                                image,
                                "memory_limit_bytes",
                                128_000_000,
                                "mvcpu_limit",
                                500));
        all.putAll(fields);
        return api.createContainer(all);
    }

    HttpResponse<String> get(JsonNode container, String path) {
        return get(container, path, Map.of());
    }

    HttpResponse<String> get(JsonNode container, String path, Map<String, String> headers) {
        try {
            var request = server.endpoint(Api.host(container), path);
            headers.forEach(request::header);
            return server.http().send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What tells one run of one process from every other: its id, its number, its start. */
    String process(JsonNode container) {
        return engineSays(
                "inspect",
                "--format",
                "{{.Id}} {{.State.Pid}} {{.State.StartedAt}}",
                engineSays(
                        "ps",
                        "--quiet",
                        "--filter",
                        "label=dev.dormouse.container=" + Api.id(container)));
    }

    static String docker(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
