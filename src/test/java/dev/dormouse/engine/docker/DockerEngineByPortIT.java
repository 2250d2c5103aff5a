package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import dev.dormouse.engine.Instance;
import dev.dormouse.testing.TestImages;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The contract on a real Docker Engine as if it were elsewhere: its instances reached through
 * published ports, and frozen by its pause.
 */
class DockerEngineByPortIT extends DockerEngineIT {
    @Override
    String freeze() {
        return "pause";
    }

    @Override
    String reach() {
        return "port";
    }

    @Override
    int sandboxes() {
        return 0;
    }

    @Test
    void instancesAreReachedThroughLoopbackAndConnectionsProveNothing() {
        Instance instance = engine.start(spec());

        assertThat(((Instance.State.Running) instance.state()).address()).isEqualTo("127.0.0.1");
        assertThat(engine.capabilities().portsAcceptEarly()).isTrue();
    }

    @Test
    void theEngineSaysItselfWhatIsPausedAndMayEndIt() throws Exception {
        Instance instance = engine.start(spec());
        engine.freeze(instance.id());
        assertThat(engine.capabilities().freezesDirectly()).isFalse();
        try (DockerClient client = TestImages.client()) {
            String id =
                    client.listContainersCmd().withStatusFilter(List.of("paused")).exec().stream()
                            .filter(one ->
                                    instance.id().equals(one.getLabels().get(Labels.INSTANCE)))
                            .map(Container::getId)
                            .findFirst()
                            .orElseThrow();
            client.unpauseContainerCmd(id).exec();

            engine.thaw(instance.id());
            engine.freeze(instance.id());
            engine.stop(instance.id(), Duration.ofSeconds(5));
        }

        assertThat(engine.list()).isEmpty();
    }
}
