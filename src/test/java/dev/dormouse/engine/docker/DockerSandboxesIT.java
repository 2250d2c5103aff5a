package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Container;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.testing.TestImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes on a real Docker Engine: made ahead, used once, and gone with their instances. */
class DockerSandboxesIT {
    private static final int MOST = 2;
    private static final Map<String, String> SETTINGS =
            Map.of("DORMOUSE_DOCKER_SANDBOXES", Integer.toString(MOST));

    private final RealDocker docker = new RealDocker(SETTINGS);

    @AfterEach
    void leaveNothingBehind() throws Exception {
        docker.close();
    }

    /** One of which the engine makes the network, as the first always is. */
    private Instance first() {
        Instance first = docker.start();
        docker.awaitReady(MOST);
        return first;
    }

    @Test
    void aServerThatNeverStartedAnythingKeepsNone() {
        assertThat(docker.engine.list()).isEmpty();
        assertThat(docker.sandboxes()).isEmpty();
    }

    @Test
    void theyAreKeptReadyAfterAStartAndEachHasOneInstance() throws Exception {
        Set<String> homes = new HashSet<>();
        first();

        for (int i = 0; i < 3; i++) {
            Instance instance = docker.start();
            assertThat(docker.ask(instance, "/")).contains("hello");
            homes.add(docker.homeOf(instance));
            docker.awaitReady(MOST);
        }

        assertThat(homes).hasSize(3).doesNotContain("");
        assertThat(docker.sandboxes()).hasSize(3 + MOST);
    }

    @Test
    void howeverManyStartAtOnceNoMoreAreKeptReadyThanWereAskedFor() throws Exception {
        first();
        List<InstanceSpec> specs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            specs.add(docker.spec());
        }

        List<Future<Instance>> started = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            specs.forEach(spec -> started.add(threads.submit(() -> docker.engine.start(spec))));
        }

        Set<String> addresses = new HashSet<>();
        for (Future<Instance> one : started) {
            addresses.add(((State.Running) one.get().state()).address());
            assertThat(docker.ask(one.get(), "/")).contains("hello");
        }
        assertThat(addresses).hasSize(6);
        docker.awaitReady(MOST);
        List<String> homes =
                docker.containers().stream()
                        .map(RealDocker::homeOf)
                        .filter(home -> !home.isEmpty())
                        .toList();
        assertThat(homes).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(MOST);
    }

    @Test
    void aSandboxGoesWithItsInstance() {
        first();
        Instance instance = docker.start();
        String home = docker.homeOf(instance);
        assertThat(home).isNotEmpty();

        docker.engine.stop(instance.id(), Duration.ofSeconds(5));

        assertThat(docker.sandboxes()).extracting(Container::getId).doesNotContain(home);
    }

    @Test
    void aSandboxGoesWithAnInstanceThatOthersRemoved() {
        first();
        Instance instance = docker.start();
        String home = docker.homeOf(instance);
        assertThat(home).isNotEmpty();
        docker.client.removeContainerCmd(docker.engineNameOf(instance)).withForce(true).exec();

        docker.engine.list();

        awaitNoneOf(Set.of(home));
    }

    private void awaitNoneOf(Set<String> sandboxes) {
        Awaitility.await("their end")
                .atMost(RealDocker.DEADLINE)
                .untilAsserted(() ->
                        assertThat(docker.sandboxes())
                                .extracting(Container::getId)
                                .doesNotContainAnyElementsOf(sandboxes));
    }

    @Test
    void aStartThatFailsLeavesNoSandboxBehind() {
        first();
        InstanceSpec wrong = docker.spec(List.of("/nothing"), List.of(), Map.of());

        assertThatThrownBy(() -> docker.engine.start(wrong))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.COMMAND));

        docker.awaitReady(MOST);
        assertThat(docker.containers()).hasSize(1);
        assertThat(docker.sandboxes()).hasSize(MOST);
    }

    @Test
    void anInstanceWhoseSandboxWasKilledHasEndedAndThatIsTold() throws Exception {
        first();
        Instance instance = docker.start();
        docker.events.clear();

        docker.client.killContainerCmd(docker.homeOf(instance)).exec();

        assertThat(docker.awaitEnd(instance.id())).isEqualTo(new State.Exited(137, false));
        assertThat(docker.engine.list())
                .filteredOn(one -> one.id().equals(instance.id()))
                .extracting(Instance::state)
                .containsExactly(new State.Exited(137, false));
        docker.engine.stop(instance.id(), Duration.ZERO);
        docker.awaitReady(MOST);
        assertThat(docker.sandboxes()).hasSize(MOST);
    }

    @Test
    void anInstanceWhoseSandboxCameBackElsewhereHasEndedAllTheSame() throws Exception {
        first();
        Instance instance = docker.start();
        docker.events.clear();

        docker.client.restartContainerCmd(docker.homeOf(instance)).withTimeout(0).exec();

        assertThat(docker.awaitEnd(instance.id())).isEqualTo(new State.Exited(137, false));
    }

    @Test
    void whereTheReadyOneIsGoneAStartDoesWithout() throws Exception {
        first();
        for (String one : docker.ready()) {
            docker.client.killContainerCmd(one).exec();
        }

        Instance instance = docker.start();

        assertThat(docker.ask(instance, "/")).contains("hello");
        docker.awaitReady(MOST);
        Awaitility.await("those that ended are removed")
                .untilAsserted(() -> assertThat(docker.sandboxes()).hasSizeBetween(MOST, MOST + 1));
    }

    @Test
    void oneThatEndsBetweenCreationAndStartIsDoneWithout() throws Exception {
        first();
        InstanceSpec spec = docker.spec();

        Instance instance = docker.engine.start(spec, this::killHomes);

        assertThat(docker.ask(instance, "/")).contains("hello");
        assertThat(docker.homeOf(instance)).isEmpty();
    }

    private void killHomes() {
        docker.containers().stream()
                .map(RealDocker::homeOf)
                .filter(home -> !home.isEmpty())
                .forEach(home -> docker.client.killContainerCmd(home).exec());
    }

    @Test
    void anInstanceThatIsStoppedBetweenCreationAndStartIsNotStartedElsewhere() {
        Instance first = first();
        InstanceSpec spec = docker.spec();

        assertThatThrownBy(() ->
                        docker.engine.start(
                                spec, () -> docker.engine.stop(spec.instanceId(), Duration.ZERO)))
                .isInstanceOf(EngineException.class);

        assertThat(docker.engine.list()).containsExactly(first);
    }

    @Test
    void aServerThatComesBackFindsItsInstancesAndUsesNothingThatMayHaveBeenUsed() throws Exception {
        first();
        Instance instance = docker.start();
        Instance leaving = docker.start();
        docker.awaitReady(MOST);
        InstanceSpec spec = docker.spec();
        String home = docker.homeOf(instance);
        assertThat(home).isNotEmpty();
        Set<String> before = new HashSet<>(docker.ready());
        before.add(docker.homeOf(leaving));
        docker.leave();
        docker.client.removeContainerCmd(docker.engineNameOf(leaving)).withForce(true).exec();

        try (DockerEngine next = docker.connect(SETTINGS)) {
            assertThat(next.list()).hasSize(2).contains(instance);
            assertThat(next.list(docker.container)).hasSize(2).contains(instance);
            awaitNoneOf(before);
            docker.awaitReady(MOST);
            Instance another = next.start(spec);

            assertThat(docker.homeOf(another)).isNotEmpty().isNotIn(before).isNotEqualTo(home);
            assertThat(docker.ask(instance, "/")).contains("hello");
            assertThat(docker.ask(another, "/")).contains("hello");
            docker.awaitReady(MOST);
            next.stop(instance.id(), Duration.ZERO);
            next.stop(another.id(), Duration.ZERO);
            assertThat(docker.sandboxes()).hasSize(MOST);
            next.purge();
            assertThat(docker.sandboxes()).isEmpty();
            assertThat(docker.networks()).isEmpty();
        }
    }

    @Test
    void aServerThatIsToKeepNoneRemovesThoseFromBefore() {
        first();
        docker.leave();

        try (DockerEngine next = docker.connect(Map.of("DORMOUSE_DOCKER_SANDBOXES", "0"))) {
            assertThat(next.list()).hasSize(1);

            Awaitility.await("their end")
                    .atMost(RealDocker.DEADLINE)
                    .untilAsserted(() -> assertThat(docker.sandboxes()).isEmpty());
            next.purge();
        }
    }

    @Test
    void whatAnImageSaysOfSandboxesIsNotBelieved(@TempDir Path folder) throws Exception {
        Instance victim = first();
        String sandbox = docker.ready().getFirst();
        Files.writeString(
                folder.resolve("Dockerfile"),
                """
                FROM %s
                LABEL dev.dormouse.sandbox=%s dev.dormouse.address=192.0.2.1 \
                    dev.dormouse.network=elsewhere dev.dormouse.kind=sandbox
                """
                        .formatted(TestImages.server(), sandbox));
        String image = docker.passing("dormouse-test/liar:" + docker.serverId);
        TestImages.build(docker.client, folder, image);
        docker.ready().forEach(one -> docker.client.killContainerCmd(one).exec());
        InstanceSpec spec = docker.specOf(image);

        Instance liar = docker.engine.start(spec);

        assertThat(docker.engine.list()).hasSize(2).contains(liar, victim);
        assertThat(((State.Running) liar.state()).address()).doesNotStartWith("192.0.2");
    }

    @Test
    void whatItFindsInsideIsWhatItFindsOutsideOfOne() throws Exception {
        Instance outside = first();
        Instance inside = docker.start();
        assertThat(docker.homeOf(inside)).isNotEmpty();
        String address = ((State.Running) inside.state()).address();

        assertThat(docker.file(inside, "/etc/resolv.conf"))
                .isEqualTo(docker.file(outside, "/etc/resolv.conf"));
        String name = docker.file(inside, "/proc/sys/kernel/hostname");
        assertThat(docker.file(inside, "/etc/hostname")).isEqualTo(name);
        assertThat(docker.ask(inside, "/env?name=HOSTNAME")).isEqualTo(name);
        assertThat(docker.file(inside, "/etc/hosts"))
                .isEqualTo(
                        docker.file(outside, "/etc/hosts")
                                .replace(((State.Running) outside.state()).address(), address)
                                .replace(outside.id(), name));
        assertThat(docker.status(inside))
                .containsEntry("CapBnd", docker.status(outside).get("CapBnd"))
                .containsEntry("Seccomp", "2")
                .containsEntry("NoNewPrivs", "1");
        assertThat(docker.file(inside, "/proc/sys/net/ipv4/ip_unprivileged_port_start"))
                .isEqualTo(docker.file(outside, "/proc/sys/net/ipv4/ip_unprivileged_port_start"));
        assertThat(docker.ask(inside, "/connect?port=8080&address=" + outsideAddress(outside)))
                .isNotEqualTo("connected");
        assertThat(docker.ask(outside, "/connect?port=8080&address=" + address))
                .isNotEqualTo("connected");
    }

    private static String outsideAddress(Instance outside) {
        return ((State.Running) outside.state()).address();
    }

    @Test
    void theImageIsMadeAgainWhenSomebodyRemovedIt() throws Exception {
        first();
        String reference = docker.sandboxes().getFirst().getImage();
        docker.client.removeImageCmd(reference).withForce(true).exec();

        docker.start();

        docker.awaitReady(MOST);
        assertThat(docker.sandboxes()).hasSize(MOST + 1);
    }
}
