package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.engine.EngineEvent;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.LogLine;
import dev.dormouse.testing.SocketRelay;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Docker Engine behind a connection that breaks and comes back. */
class DockerOutageIT {
    private static final Path ENGINE = Path.of("/var/run/docker.sock");

    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    private SocketRelay relay;

    @SuppressWarnings("NullAway.Init")
    private RealDocker docker;

    @BeforeEach
    void connectThroughTheRelay() throws Exception {
        relay = new SocketRelay(folder.resolve("relay.sock"), ENGINE);
        docker =
                new RealDocker(
                        Map.of(
                                "DORMOUSE_DOCKER_HOST",
                                relay.host(),
                                "DORMOUSE_DOCKER_CALL_TIMEOUT",
                                "2s"));
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        docker.close();
        relay.close();
    }

    @Test
    void anEngineThatIsAwayIsUnreachableAndItsReturnIsToldOnce() throws Exception {
        Instance instance = docker.start();
        docker.events.clear();

        relay.goAway();
        assertThatThrownBy(docker.engine::list)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
        relay.comeBack();

        assertThat(docker.events.poll(30, TimeUnit.SECONDS)).isEqualTo(new EngineEvent.Resync());
        assertThat(docker.engine.list()).containsExactly(instance);
        docker.client.removeContainerCmd(docker.engineNameOf(instance)).withForce(true).exec();
        assertThat(docker.events.poll(30, TimeUnit.SECONDS))
                .isEqualTo(new EngineEvent.Changed(docker.container));
    }

    @Test
    void outputIsDeliveredOnceAndInOrderAcrossBrokenConnections() throws Exception {
        BlockingQueue<LogLine> lines = new LinkedBlockingQueue<>();
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        Instance instance = docker.start("lines=200");
        docker.engine.logs(instance.id(), Instant.EPOCH, lines::add, () -> ends.add("end"));
        List<String> read = new ArrayList<>();
        take(lines, 200, read);

        relay.endConnections();
        docker.ask(instance, "/print?text=meanwhile");
        take(lines, 1, read);
        docker.ask(instance, "/print?text=after");
        take(lines, 1, read);
        docker.engine.stop(instance.id(), Duration.ZERO);

        assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("end");
        assertThat(read).hasSize(202).endsWith("line 199", "meanwhile", "after");
        assertThat(read).doesNotHaveDuplicates();
        assertThat(lines).isEmpty();
    }

    @Test
    void aSilentEngineIsGivenUpAtTheDeadline() throws Exception {
        relay.endConnections();
        relay.keepSilent();

        long before = System.nanoTime();
        assertThatThrownBy(docker.engine::list)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE))
                .hasMessageContaining("did not answer within 2 s");

        assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(10));
        relay.endConnections();
        relay.speakAgain();
        assertThat(docker.engine.list()).isEmpty();
    }

    /** A kept connection that died at rest would fail a start, which must not be sent twice. */
    @Test
    void aStartAfterTheEnginesRestartIsNotSentIntoADeadConnection() throws Exception {
        InstanceSpec spec = docker.spec();
        assertThat(docker.engine.list()).isEmpty();

        relay.goAway();
        relay.comeBack();

        assertThat(docker.engine.start(spec).id()).isEqualTo(spec.instanceId());
    }

    @Test
    void manyFollowersDoNotKeepCallsWaiting() throws Exception {
        BlockingQueue<LogLine> lines = new LinkedBlockingQueue<>();
        Instance instance = docker.start("print=hello");
        for (int i = 0; i < 100; i++) {
            docker.engine.logs(instance.id(), Instant.EPOCH, lines::add);
        }
        take(lines, 100, new ArrayList<>());

        assertThat(docker.engine.list()).containsExactly(instance);
    }

    private static void take(BlockingQueue<LogLine> lines, int count, List<String> into)
            throws InterruptedException {
        for (int i = 0; i < count; i++) {
            LogLine line = lines.poll(30, TimeUnit.SECONDS);
            assertThat(line).as("a line after %s", into).isNotNull();
            if (line != null) {
                into.add(line.text());
            }
        }
    }
}
