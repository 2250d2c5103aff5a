package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dormouse.config.Source;
import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.engine.PushedOut;
import dev.dormouse.engine.Swap;
import dev.dormouse.engine.Usage;
import dev.dormouse.model.Sandbox;
import dev.dormouse.testing.OwnSwap;
import dev.dormouse.testing.TestImages;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory of a real program goes to real swap, and comes back as it was. */
class DeepSleepIT {
    private static final long MIB = 1L << 20;
    private static final long ALLOCATED = 100 * MIB;
    private static final long SWAP = 256 * MIB;
    private static final int PORT = 8080;

    @TempDir private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private Engine engine;

    @BeforeEach
    void connect() {
        engine =
                DockerEngine.connect(
                        DockerSettings.from(new Source(Map.of())),
                        UUID.randomUUID(),
                        InstantSource.system());
    }

    @AfterEach
    void leaveNothingBehind() {
        engine.purge();
        engine.close();
        http.close();
    }

    /** One that holds memory of which it can tell what is in it. */
    private Instance started() {
        return engine.start(
                new InstanceSpec(
                        "deep-1",
                        UUID.randomUUID(),
                        1,
                        engine.resolve(TestImages.server()).digest(),
                        List.of(),
                        List.of("allocate=" + ALLOCATED / MIB),
                        Map.of("PORT", Integer.toString(PORT)),
                        PORT,
                        2 * ALLOCATED,
                        1_000,
                        SWAP,
                        Sandbox.V1));
    }

    private String recalled(Instance instance) {
        Instance.State.Running at = (Instance.State.Running) instance.state();
        URI uri = URI.create("http://%s:%d/recall".formatted(at.address(), at.port()));
        return Awaitility.await("an answer")
                .ignoreException(ConnectException.class)
                .until(
                        () ->
                                http.send(
                                                HttpRequest.newBuilder(uri)
                                                        .timeout(Duration.ofSeconds(30))
                                                        .build(),
                                                HttpResponse.BodyHandlers.ofString())
                                        .body(),
                        sum -> !sum.isEmpty());
    }

    private void awaitSwap(Swap kind) {
        Awaitility.await("swap is found").until(() -> engine.capabilities().swap() == kind);
    }

    private void sleepsDeepAndRecalls() {
        Instance instance = started();
        String before = recalled(instance);
        Usage resident = engine.usage(instance.id());
        engine.freeze(instance.id());

        PushedOut memory = engine.pushOut(instance.id());

        Usage deep = engine.usage(instance.id());
        assertThat(resident.chargedBytes()).isGreaterThan(ALLOCATED);
        assertThat(deep.chargedBytes()).isLessThan(resident.chargedBytes() / 10);
        assertThat(deep.swappedBytes()).isGreaterThan(ALLOCATED * 9 / 10);
        assertThat(memory.heldBefore()).isGreaterThan(ALLOCATED);
        assertThat(memory.heldAfter()).isLessThan(memory.heldBefore() * 6 / 10);
        engine.thaw(instance.id());
        assertThat(recalled(instance)).isEqualTo(before);
        assertThat(engine.usage(instance.id()).chargedBytes()).isGreaterThan(ALLOCATED);
    }

    @Test
    void inCompressedMemoryItHoldsLittle() {
        try (OwnSwap _ = OwnSwap.compressed(SWAP)) {
            awaitSwap(Swap.COMPRESSED);

            sleepsDeepAndRecalls();
        }
    }

    @Test
    void onADiskItHoldsNextToNothing() {
        try (OwnSwap _ = OwnSwap.onDisk(folder, SWAP)) {
            awaitSwap(Swap.DISK);

            sleepsDeepAndRecalls();
        }
    }

    @Test
    void whoIsWokenMeanwhileAnswersAndIsTheSame() throws Exception {
        try (OwnSwap _ = OwnSwap.compressed(SWAP)) {
            Instance instance = started();
            String before = recalled(instance);
            engine.freeze(instance.id());
            CompletableFuture<PushedOut> pushing =
                    CompletableFuture.supplyAsync(
                            () -> engine.pushOut(instance.id()),
                            task -> Thread.ofPlatform().start(task));
            Awaitility.await("its memory is on its way out")
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> engine.usage(instance.id()).swappedBytes() > 0);

            engine.thaw(instance.id());

            assertThat(recalled(instance)).isEqualTo(before);
            assertThat(pushing.get(30, TimeUnit.SECONDS).heldBefore()).isGreaterThan(ALLOCATED);
            engine.freeze(instance.id());
            assertThat(engine.pushOut(instance.id()).isWon()).isTrue();
            engine.thaw(instance.id());
            assertThat(recalled(instance)).isEqualTo(before);
        }
    }

    @Test
    void whatIsDeepCanBeStopped() {
        try (OwnSwap _ = OwnSwap.compressed(SWAP)) {
            Instance instance = started();
            recalled(instance);
            engine.freeze(instance.id());
            engine.pushOut(instance.id());

            engine.stop(instance.id(), Duration.ofSeconds(10));

            assertThat(engine.list()).isEmpty();
        }
    }

    @Test
    void aMachineWithoutSwapSaysSo() {
        Instance instance = started();
        engine.freeze(instance.id());
        assumeTrue(engine.capabilities().swap() == Swap.NONE, "this machine has swap");

        assertThatThrownBy(() -> engine.pushOut(instance.id()))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no swap");
    }
}
