package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
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
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The contract on a real Docker Engine with the default settings: instances live in sandboxes that
 * are ready for them. Without any, it is that of {@link DockerEngineByPortIT}.
 */
class DockerEngineIT extends EngineContract {
    private static final long SWAP_BYTES = 128L << 20;
    private static final int SANDBOXES = 2;

    private final List<String> published = new ArrayList<>();

    @AfterEach
    void removeImages() throws IOException {
        try (DockerClient client = client()) {
            for (String image : published) {
                client.removeImageCmd(image).withForce(true).exec();
            }
        }
    }

    /** The first start of a server shows it that sandboxes will be needed. */
    @Override
    protected Engine connect(UUID asServer) {
        Engine connected = opened(asServer);
        if (sandboxes() > 0 && labelled(asServer, Labels.SERVER).isEmpty()) {
            Engine before = engine;
            engine = connected;
            connected.stop(connected.start(spec()).id(), NO_GRACE);
            engine = before;
            Awaitility.await("sandboxes")
                    .atMost(Duration.ofSeconds(DEADLINE_SECONDS))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> labelled(asServer, Labels.KIND).size() == sandboxes());
        }
        return connected;
    }

    private Engine opened(UUID asServer) {
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
        return SANDBOXES;
    }

    private List<Container> labelled(UUID server, String label) {
        try (DockerClient client = client()) {
            return client.listContainersCmd()
                    .withLabelFilter(List.of(Labels.SERVER + "=" + server, label))
                    .exec();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
    void instancesLiveInSandboxesWhereThereAreSome() {
        engine.start(spec());
        engine.start(spec());

        List<String> homes =
                labelled(serverId, Labels.INSTANCE).stream().map(RealDocker::homeOf).toList();
        assertThat(homes).hasSize(2);
        if (sandboxes() > 0) {
            assertThat(homes).doesNotContain("").doesNotHaveDuplicates();
        } else {
            assertThat(homes).containsOnly("");
        }
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
