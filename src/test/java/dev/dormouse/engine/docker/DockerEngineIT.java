package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import dev.dormouse.config.Source;
import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineContract;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.testing.OwnSwap;
import dev.dormouse.testing.TestImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract on a real Docker Engine, each instance with a network of its own making. */
class DockerEngineIT extends EngineContract {
    private static final long SWAP_BYTES = 128L << 20;

    private final List<String> published = new ArrayList<>();

    @AfterEach
    void removeImages() throws IOException {
        try (DockerClient client = client()) {
            for (String image : published) {
                client.removeImageCmd(image).withForce(true).exec();
            }
        }
    }

    @Override
    protected Engine connect(UUID asServer) {
        return DockerEngine.connect(
                DockerSettings.from(new Source(settings())), asServer, InstantSource.system());
    }

    Map<String, String> settings() {
        return Map.of(
                "DORMOUSE_DOCKER_REACH",
                reach(),
                "DORMOUSE_DOCKER_FREEZE",
                freeze(),
                "DORMOUSE_DOCKER_SANDBOXES",
                Integer.toString(sandboxes()));
    }

    DockerClient client() {
        return TestImages.client();
    }

    String freeze() {
        return "auto";
    }

    String reach() {
        return "auto";
    }

    int sandboxes() {
        return 0;
    }

    @Override
    protected String image() {
        return TestImages.server();
    }

    @Override
    protected AutoCloseable swap() {
        return OwnSwap.compressed(SWAP_BYTES);
    }

    @Override
    protected void publish(String reference) {
        try (DockerClient client = client()) {
            Path folder = Files.createDirectories(Path.of("target", "test-images", "variant"));
            Files.writeString(
                    folder.resolve("Dockerfile"),
                    "FROM %s\nLABEL variant=%s\n".formatted(image(), UUID.randomUUID()));
            published.add(TestImages.build(client, folder, reference));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void nobodyListensWhereThereIsNoEngine() {
        Source nowhere = new Source(Map.of("DORMOUSE_DOCKER_HOST", "unix:///nowhere/docker.sock"));

        assertThatThrownBy(() ->
                        DockerEngine.connect(
                                DockerSettings.from(nowhere),
                                UUID.randomUUID(),
                                InstantSource.system()))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.UNREACHABLE));
    }

    @Test
    void aRunningInstanceHasAnAddressAndAPortThatNoOtherHas() {
        Instance other = engine.start(spec());

        Instance instance = engine.start(spec());

        assertThat(instance.state()).isNotEqualTo(other.state());
        assertThat(instance.state())
                .isInstanceOfSatisfying(
                        Instance.State.Running.class,
                        running -> {
                            assertThat(running.address()).isNotBlank();
                            assertThat(running.port()).isPositive();
                        });
    }
}
