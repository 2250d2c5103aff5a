package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceRuntime;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.Sandbox;
import dev.dormouse.testing.OwnEngine;
import dev.dormouse.testing.Runsc;
import dev.dormouse.testing.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract under gVisor, on a Docker Engine of the tests' own that has it. */
class DockerEngineUnderGvisorIT extends DockerEngineIT {
    private static final int DOCKER_ID_LENGTH = 64;

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

    /** They would not be joined. */
    @Override
    int sandboxes() {
        return 0;
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
    void whatCouldNotBeStartedLeavesNoControlGroup() {
        InstanceSpec spec = withCommand(spec(), "my-script.sh");
        List<String> ids = new ArrayList<>();

        assertThatThrownBy(() ->
                        engine.start(spec, () -> ids.add(own.docker("ps", "-aq", "--no-trunc"))))
                .isInstanceOf(EngineException.class);

        assertThat(ids).hasSize(1).allMatch(id -> id.length() == DOCKER_ID_LENGTH);
        Awaitility.await("nothing is left once its last process is gone")
                .until(() -> controlGroups(ids.getFirst()).isEmpty());
    }

    /** In either version of them. */
    private static List<Path> controlGroups(String dockerId) throws IOException {
        Path root = Path.of("/sys/fs/cgroup");
        try (Stream<Path> controllers = Files.list(root)) {
            return Stream.concat(Stream.of(root), controllers)
                    .map(one -> one.resolve("docker").resolve(dockerId))
                    .filter(Files::exists)
                    .toList();
        }
    }

    @Test
    void sandboxV1RunsUnderWhatTheEngineUsesOtherwise() {
        Instance instance = engine.start(of(spec(), Sandbox.V1));

        assertThat(instance.runtime()).isEqualTo(new InstanceRuntime("runc", true));
        assertThat(engine.list()).isEqualTo(List.of(instance));
    }
}
