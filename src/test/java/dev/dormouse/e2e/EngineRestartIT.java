package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import dev.dormouse.testing.OwnEngine;
import dev.dormouse.testing.SmallDisk;
import dev.dormouse.testing.TestImages;
import dev.dormouse.testing.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** An engine whose end is that of what runs on it: it is started again. */
class EngineRestartIT extends OwnEngineStory {
    private static final int LARGE = 32 << 20;

    @Override
    OwnEngine.Options options() {
        return new OwnEngine.Options(false, "1g", List.of());
    }

    @Test
    void whatDiedIsStartedAgain() {
        JsonNode container = deploy("mortal", Map.of("min_scale", 2, "max_scale", 2));
        Load load = Load.on(server, Api.host(container), "/", 4);

        engine.kill();
        engine.startAgain();
        awaitServing(container);
        engine.stop();
        assertThat(get(container, "/").statusCode()).isIn(502, 503);
        engine.startAgain();
        awaitServing(container);

        assertThat(load.finish().failures())
                .allMatch(failure -> failure.startsWith("50") || failure.contains("IOException"));
        try (Load after = Load.on(server, Api.host(container), "/", 4)) {
            int before = after.answered();
            Awaitility.await("requests are answered").until(() -> after.answered() > before + 100);
            assertThat(after.finish().failures()).isEmpty();
        }
    }

    @Test
    void whatDiedWhileItWasFrozenIsStartedWhenItIsCalled() {
        JsonNode container =
                deploy(
                        "frozen",
                        Map.of("tags", List.of("dormouse.idle-after=1s", "dormouse.sleep=freeze")));
        Awaitility.await("it is frozen").until(() -> api.instances(container, "frozen") == 1);
        String before = process(container);

        engine.stop();
        engine.startAgain();
        api.awaitEngine(true);

        Awaitility.await("it is served").until(() -> get(container, "/").statusCode() == 200);
        assertThat(process(container)).isNotEqualTo(before);
    }

    @Test
    void aDiskThatAPullFillsIsToldAndDisturbsNobody(@TempDir Path folder) throws Exception {
        JsonNode other = deploy("undisturbed", Map.of());
        SmallDisk disk = SmallDisk.at(engine.disk());
        try (TestRegistry registry = TestRegistry.openAt(folder, engine.place())) {
            String large = publishLarge(registry, folder);
            Load load = Load.on(server, Api.host(other), "/", 2);

            disk.fillBut(LARGE / 2);
            JsonNode failed = api.settled(create("large", Map.of("image", large)));
            disk.empty();

            assertThat(failed.path("status").stringValue()).isEqualTo("error");
            assertThat(failed.path("error_message").stringValue())
                    .contains("no space left on device");
            assertThat(load.finish().failures()).isEmpty();
            api.ready(api.redeploy(failed));
        }
    }

    /** The test server with much beside it, which the engine has no more when this returns. */
    private String publishLarge(TestRegistry registry, Path folder) throws Exception {
        Path context = Files.createDirectory(folder.resolve("large"));
        byte[] noise = new byte[LARGE];
        new Random(1).nextBytes(noise);
        Files.write(context.resolve("noise"), noise);
        Files.writeString(context.resolve("Dockerfile"), "FROM " + image + "\nCOPY noise /noise\n");
        try (DockerClient client = TestImages.client(engine.host())) {
            String built = TestImages.build(client, context, "large:built");
            String reference = registry.push(client, built, "team/large:1");
            client.removeImageCmd(built).withForce(true).exec();
            return reference;
        }
    }

    private void awaitServing(JsonNode container) {
        Awaitility.await("two instances are ready")
                .until(() ->
                        api.instances(container, "ready") == 2
                                && engine.docker(
                                                        "ps",
                                                        "--quiet",
                                                        "--filter",
                                                        "label=dev.dormouse.instance")
                                                .lines()
                                                .count()
                                        == 2);
    }
}
