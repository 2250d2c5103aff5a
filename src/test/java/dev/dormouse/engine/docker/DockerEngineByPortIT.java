package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Instance;
import org.junit.jupiter.api.Test;

/** The contract on a real Docker Engine, its instances reached through published ports. */
class DockerEngineByPortIT extends DockerEngineIT {
    @Override
    String reach() {
        return "port";
    }

    @Test
    void instancesAreReachedThroughLoopbackAndConnectionsProveNothing() {
        Instance instance = engine.start(spec());

        assertThat(((Instance.State.Running) instance.state()).address()).isEqualTo("127.0.0.1");
        assertThat(engine.capabilities().portsAcceptEarly()).isTrue();
    }
}
