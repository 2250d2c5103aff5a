package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Instance.State;
import dev.dormouse.model.Start;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.testing.Samples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A container whose instances compute for twenty seconds until they are up, on two CPUs. */
@Timeout(180)
class SlowBootsTest extends LoopFixture {
    private static final Duration BOOT = Duration.ofSeconds(20);
    private static final Traffic FIVE_ARE_NEEDED = new Traffic(0, 250, 250, 250, Map.of());

    private @Nullable SocketChannel refusing;
    private @Nullable ServerSocket accepting;
    private int port;

    @BeforeEach
    void bootsOnce() throws IOException {
        engine.cpus(2);
        refuse();
        create(Samples.container());
        await("its process runs", () -> running() == 1);
        engine.process(engine.started().getFirst().instanceId()).burn(BOOT);
        clock.advance(BOOT);
        accept();
        await("it serves", () -> isSettled(Status.READY) && starts().size() == 1);
        await("what it computed is known", () -> !keptBoots().isEmpty());
        clock.advance(Duration.ofMinutes(20));
        awaitInTime(
                "it sleeps",
                () -> engine.list(ID).isEmpty() && reconciler.activity(ID).instances().isEmpty());
        refuse();
    }

    @AfterEach
    void closePort() throws IOException {
        if (refusing != null) {
            refusing.close();
        }
        if (accepting != null) {
            accepting.close();
        }
    }

    /** The port is taken, and whoever connects to it is refused. */
    private void refuse() throws IOException {
        if (accepting != null) {
            accepting.close();
        }
        InetAddress here = InetAddress.getLoopbackAddress();
        refusing = SocketChannel.open().bind(new InetSocketAddress(here, port));
        port = ((InetSocketAddress) refusing.getLocalAddress()).getPort();
        reach();
    }

    private void reach() {
        engine.reachAt(_ -> new State.Running("127.0.0.1", port));
    }

    /** What boots is up, and what boots later at once. */
    private void accept() throws IOException {
        if (refusing != null) {
            refusing.close();
        }
        accepting = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    }

    private List<Start> starts() {
        return reconciler.starts(ID);
    }

    /** How many processes run, as the loop has heard. */
    private long running() {
        return reconciler.activity(ID).instances().stream()
                .filter(one -> !one.runtime().isEmpty())
                .count();
    }

    private Map<UUID, Duration> keptBoots() {
        return store.read(tables -> tables.slowBoots().all());
    }

    @Test
    void inABurstTwoBootAtATimeAndTheOthersOnceTheseAreUp() throws Exception {
        traffic = FIVE_ARE_NEEDED;
        await("two boot", () -> running() >= 2);

        clock.advance(BOOT);
        accept();

        await("all serve", () -> starts().size() == 6);
        assertThat(starts().subList(0, 5))
                .extracting(start -> start.took().get(Start.Part.SCHEDULE))
                .containsExactlyInAnyOrder(Duration.ZERO, Duration.ZERO, BOOT, BOOT, BOOT);
    }

    @Test
    void theNextServerKnowsWhoseBootsAreSlow() {
        restart();
        reach();

        traffic = FIVE_ARE_NEEDED;

        await("two boot", () -> running() == 2);
        assertThat(engine.started()).hasSize(2);
    }

    @Test
    void whoseImageIsFetchedAgainDoesNotWaitForItself() throws Exception {
        String digest = live().image().id();
        publish();
        engine.prune(digest);

        traffic = FIVE_ARE_NEEDED;

        await("two boot", () -> running() == 2);
        assertThat(starts()).hasSize(1);
    }

    @Test
    void whatEndsWhileItBootsLetsOthersBoot() {
        traffic = FIVE_ARE_NEEDED;
        await("two boot", () -> running() == 2);
        assertThat(engine.started()).hasSize(3);

        engine.process(engine.started().get(1).instanceId()).exit(9);
        engine.process(engine.started().get(2).instanceId()).exit(9);

        await("two others boot", () -> engine.started().size() == 5);
    }

    @Test
    void whatIsGivenUpWhileItWaitsIsNotWaitedFor() {
        traffic = FIVE_ARE_NEEDED;
        await("two boot", () -> running() == 2);

        delete();

        await("nothing is left", () -> container().isEmpty() && engine.list(ID).isEmpty());
    }
}
