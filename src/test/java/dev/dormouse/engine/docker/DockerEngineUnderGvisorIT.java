package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceRuntime;
import dev.dormouse.model.Sandbox;
import dev.dormouse.testing.OwnEngine;
import dev.dormouse.testing.Runsc;
import dev.dormouse.testing.TestImages;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract under gVisor, on a Docker Engine of the tests' own that has it. */
class DockerEngineUnderGvisorIT extends DockerEngineIT {
    @SuppressWarnings("NullAway.Init")
    private static OwnEngine own;

    @BeforeAll
    static void startEngine() {
        own = OwnEngine.start(Runsc.options("1g"));
    }

    @AfterAll
    static void endEngine() {
        if (own != null) {
            own.close();
        }
    }

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(super.settings());
        settings.put("DORMOUSE_DOCKER_HOST", own.host());
        settings.put("DORMOUSE_DOCKER_GVISOR", Runsc.NAME);
        return settings;
    }

    @Override
    DockerClient client() {
        return TestImages.client(own.host());
    }

    @Override
    protected String image() {
        return own.image();
    }

    @Override
    protected Sandbox sandbox() {
        return Sandbox.V2;
    }

    /** It counts the time, too, in which the limit of CPU holds the program up. */
    @Override
    protected int hundredthsComputed() {
        return 50;
    }

    @Test
    void itRunsUnderGvisorAndIsPausedThoughTheKernelCouldFreezeIt() {
        Instance instance = engine.start(spec());

        engine.freeze(instance.id());

        assertThat(instance.runtime()).isEqualTo(new InstanceRuntime(Runsc.NAME, false));
        assertThat(
                        own.docker(
                                "ps",
                                "--filter",
                                "label=" + Labels.INSTANCE + "=" + instance.id(),
                                "--format",
                                "{{.State}}"))
                .isEqualTo("paused");
        assertThat(engine.warnings()).noneMatch(warning -> warning.contains("v2"));
    }

    @Test
    void sandboxV1RunsUnderWhatTheEngineUsesOtherwise() {
        Instance instance = engine.start(of(spec(), Sandbox.V1));

        assertThat(instance.runtime()).isEqualTo(new InstanceRuntime("runc", true));
        assertThat(engine.list()).isEqualTo(List.of(instance));
    }
}
