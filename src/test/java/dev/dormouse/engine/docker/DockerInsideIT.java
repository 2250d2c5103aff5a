package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Network;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.Sandbox;
import dev.dormouse.testing.TestImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an instance sees of itself and its surroundings on a real Docker Engine. */
class DockerInsideIT {
    private final RealDocker docker = new RealDocker();

    @AfterEach
    void leaveNothingBehind() throws Exception {
        docker.close();
    }

    @Test
    void itsLimitsBind() throws Exception {
        Instance instance = docker.start();

        assertThat(
                        docker.file(
                                instance,
                                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                                "/sys/fs/cgroup/memory.max"))
                .isEqualTo(Long.toString(RealDocker.MEMORY_BYTES));
        assertThat(docker.file(instance, "/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max"))
                .isEqualTo("1024");
        assertThat(
                        docker.file(
                                instance,
                                "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
                                "/sys/fs/cgroup/cpu.max"))
                .startsWith("50000");
        assertThat(docker.file(instance, "/proc/self/limits"))
                .containsPattern("Max open files +16384 +16384 ");
    }

    @Test
    void itGainsNoPrivilegesAndHasFewCapabilities() throws Exception {
        Map<String, String> status = docker.status(docker.start());

        assertThat(status)
                .containsEntry("NoNewPrivs", "1")
                .containsEntry("Seccomp", "2")
                .containsEntry("CapBnd", "00000000000004fb")
                .containsEntry("CapEff", "00000000000004fb");
    }

    @Test
    void itBindsAPortBelow1024() throws Exception {
        Instance instance =
                docker.engine.start(docker.spec(List.of(), List.of(), Map.of("PORT", "80")));

        assertThat(docker.ask(instance, "/")).contains("hello");
    }

    @Test
    void anEntryPointHandsAFileOverAndSwitchesUser(@TempDir Path folder) throws Exception {
        Files.copy(Path.of("/bin/busybox"), folder.resolve("busybox"));
        Files.writeString(folder.resolve("passwd"), "web:x:1000:1000::/:/bin/sh\n");
        Files.writeString(
                folder.resolve("Dockerfile"),
                """
                FROM scratch
                COPY busybox /bin/busybox
                COPY busybox /bin/id
                COPY passwd /etc/passwd
                CMD ["/bin/busybox", "sh", "-c", "busybox touch /data && busybox chown 1000:1000 /data \
                && exec busybox start-stop-daemon -S -c 1000:1000 -x /bin/id"]
                """);
        String image = docker.passing("dormouse-test/switching:" + docker.serverId);
        TestImages.build(docker.client, folder, image);
        InstanceSpec spec = docker.specOf(image);
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        docker.engine.start(spec);

        docker.engine.logs(spec.instanceId(), Instant.EPOCH, line -> lines.add(line.text()));
        assertThat(lines.poll(30, TimeUnit.SECONDS)).startsWith("uid=1000(web) gid=1000");
        assertThat(docker.awaitEnd(spec.instanceId())).isEqualTo(new State.Exited(0, false));
    }

    @Test
    void itDoesNotReachItsNeighbourOnTheSameBridge() throws Exception {
        Instance victim = docker.start();
        Instance attacker = docker.start();
        String knock = "/connect?port=8080&address=" + ((State.Running) victim.state()).address();

        assertThat(docker.ask(victim, knock)).isEqualTo("connected");
        assertThat(docker.ask(attacker, knock)).isNotEqualTo("connected");
    }

    @Test
    void argumentsReplaceTheImagesAndVariablesAreExpanded() throws Exception {
        Map<String, String> environment = Map.of("PORT", "8080", "NAME", "Ada");
        Instance plain = docker.start();
        Instance replaced =
                docker.engine.start(
                        docker.spec(
                                List.of(),
                                List.of("hello $(NAME)", "$$(NAME)", "$(NOBODY)"),
                                environment));
        Instance commanded =
                docker.engine.start(docker.spec(List.of("/server"), List.of(), environment));

        assertThat(docker.ask(plain, "/args")).isEqualTo("from-the-image\n");
        assertThat(docker.ask(replaced, "/args")).isEqualTo("hello Ada\n$(NAME)\n$(NOBODY)\n");
        assertThat(docker.ask(commanded, "/args")).isEmpty();
        assertThat(docker.ask(commanded, "/env?name=NAME")).isEqualTo("Ada");
    }

    @Test
    void theMemoryLimitEndsItAndThatIsTold() throws Exception {
        InstanceSpec greedy = docker.spec("allocate=128");

        docker.engine.start(greedy);

        State.Exited end = docker.awaitEnd(greedy.instanceId());
        while (!end.outOfMemory()) {
            assertThat(docker.events.poll(30, TimeUnit.SECONDS))
                    .as("a further event after %s", end)
                    .isNotNull();
            end = docker.awaitEnd(greedy.instanceId());
        }
        assertThat(end).isEqualTo(new State.Exited(137, true));
    }

    @Test
    void aSignalsNumberIsInTheExitCode() throws Exception {
        Instance instance = docker.start();

        docker.client.killContainerCmd(docker.engineNameOf(instance)).withSignal("SIGKILL").exec();

        assertThat(docker.awaitEnd(instance.id())).isEqualTo(new State.Exited(137, false));
    }

    @Test
    void whatHappensBehindOurBackIsTold() throws Exception {
        Instance instance = docker.start();

        docker.client.removeContainerCmd(docker.engineNameOf(instance)).withForce(true).exec();

        while (!docker.engine.list().isEmpty()) {
            assertThat(docker.events.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void aFileThatCannotBeExecutedIsACommandError() {
        InstanceSpec spec = docker.spec(List.of("/etc/hosts"), List.of(), Map.of());

        assertThatThrownBy(() -> docker.engine.start(spec))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.COMMAND))
                .hasMessage("exec: \"/etc/hosts\": permission denied");
        assertThat(docker.containers()).isEmpty();
    }

    @Test
    void whatTheEngineRefusesIsRefusedAndLeavesNothing() {
        InstanceSpec spec = docker.spec();
        InstanceSpec tiny =
                new InstanceSpec(
                        spec.instanceId(),
                        spec.containerId(),
                        1,
                        spec.image(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        8080,
                        1_000,
                        500,
                        1 << 20,
                        Sandbox.V1);

        assertThatThrownBy(() -> docker.engine.start(tiny))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.REFUSED))
                .hasMessageContaining("memory");
        assertThat(docker.containers()).isEmpty();
    }

    @Test
    void purgingLeavesNoContainerAndNoNetwork() {
        docker.start();

        docker.engine.purge();

        assertThat(docker.containers()).isEmpty();
        assertThat(docker.networks()).isEmpty();
    }

    @Test
    void purgingLeavesANetworkOnWhichSomebodyElseIs() {
        docker.start();
        String network = docker.networks().getFirst().getName();
        String stranger = docker.startStranger(network);

        docker.engine.purge();

        assertThat(docker.containers()).isEmpty();
        assertThat(docker.networks()).extracting(Network::getName).containsExactly(network);
        docker.removeStranger(stranger);
        docker.engine.purge();
        assertThat(docker.networks()).isEmpty();
    }

    @Test
    void aFullBridgeIsFollowedByTheNextAndTheyAreApart() throws Exception {
        try (RealDocker small =
                new RealDocker(Map.of("DORMOUSE_DOCKER_INSTANCES_PER_NETWORK", "1"))) {
            Instance first = small.start();
            Instance second = small.start();
            String knock =
                    "/connect?port=8080&address=" + ((State.Running) first.state()).address();

            assertThat(small.networks()).hasSize(2);
            assertThat(small.ask(first, knock)).isEqualTo("connected");
            assertThat(small.ask(second, knock)).isNotEqualTo("connected");
            small.engine.purge();
            assertThat(small.networks()).isEmpty();
        }
    }

    @Test
    void itsContainerCarriesTheLabelsByWhichItIsFoundAgain() {
        Instance instance = docker.start();

        assertThat(docker.containers().getFirst().getLabels())
                .containsEntry("dev.dormouse.server", docker.serverId.toString())
                .containsEntry("dev.dormouse.container", docker.container.toString())
                .containsEntry("dev.dormouse.revision", "1")
                .containsEntry("dev.dormouse.port", "8080")
                .containsEntry("dev.dormouse.instance", instance.id());
        assertThat(docker.networks().getFirst().getLabels())
                .containsEntry("dev.dormouse.server", docker.serverId.toString());
    }

    @Test
    void anInstanceStartsAgainAfterItsNetworkWasPrunedAway() throws Exception {
        try (RealDocker bare = new RealDocker(Map.of("DORMOUSE_DOCKER_SANDBOXES", "0"))) {
            bare.engine.stop(bare.start().id(), Duration.ZERO);
            bare.client.removeNetworkCmd(bare.networks().getFirst().getId()).exec();

            Instance instance = bare.start();

            assertThat(bare.engine.list()).containsExactly(instance);
        }
    }

    @Test
    void whatACrashLeftBetweenCreateAndStartIsRemoved() {
        docker.client
                .createContainerCmd(TestImages.server())
                .withLabels(
                        Labels.of(
                                docker.serverId.toString(),
                                docker.spec(),
                                "runc",
                                true,
                                Optional.empty(),
                                Instant.now()))
                .exec();

        assertThat(docker.engine.list()).isEmpty();

        assertThat(docker.containers()).isEmpty();
    }
}
