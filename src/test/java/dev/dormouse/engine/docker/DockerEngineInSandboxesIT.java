package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import dev.dormouse.engine.Engine;
import dev.dormouse.testing.TestImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The contract on a real Docker Engine, the instances in sandboxes that are ready for them. */
class DockerEngineInSandboxesIT extends DockerEngineIT {
    private static final int SANDBOXES = 3;

    @Override
    int sandboxes() {
        return SANDBOXES;
    }

    /** The first start of a server shows it that sandboxes will be needed. */
    @Override
    protected Engine connect(UUID asServer) {
        Engine connected = super.connect(asServer);
        if (labelled(asServer, Labels.SERVER).isEmpty()) {
            Engine before = engine;
            engine = connected;
            connected.stop(connected.start(spec()).id(), NO_GRACE);
            engine = before;
            Awaitility.await("sandboxes")
                    .atMost(Duration.ofSeconds(DEADLINE_SECONDS))
                    .until(() -> labelled(asServer, Labels.KIND).size() == SANDBOXES);
        }
        return connected;
    }

    @Test
    void instancesLiveInSandboxes() {
        engine.start(spec());
        engine.start(spec());

        assertThat(labelled(serverId, Labels.INSTANCE))
                .hasSize(2)
                .extracting(RealDocker::homeOf)
                .doesNotContain("")
                .doesNotHaveDuplicates();
    }

    private static List<Container> labelled(UUID server, String label) {
        try (DockerClient client = TestImages.client()) {
            return client.listContainersCmd()
                    .withLabelFilter(List.of(Labels.SERVER + "=" + server, label))
                    .exec();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
