package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.config.Endpoints;
import dev.dormouse.config.Listen;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import dev.dormouse.model.Container;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Privacy;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Route;
import dev.dormouse.model.RouteSink;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Service;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.store.Store;
import dev.dormouse.store.StoreSettings;
import dev.dormouse.telemetry.ContainerLogs;
import dev.dormouse.telemetry.Metrics;
import dev.dormouse.telemetry.TelemetrySettings;
import dev.dormouse.testing.FakeEngine;
import dev.dormouse.testing.FakeTraffic;
import dev.dormouse.testing.Samples;
import dev.dormouse.testing.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reads that a container is ready may call it at once, and is served as was asked for. */
class SettledMeansServedTest {
    private static final Service HTTPS_ONLY =
            new Service(
                    0, 5, new Scaling.Concurrency(50), Duration.ofMinutes(5), Privacy.PUBLIC, true);

    @TempDir private Path folder;

    /** A route, and what the API said of the container when it was published. */
    private record Shown(Route route, Status status) {}

    @Test
    void aChangeIsPublishedBeforeTheContainerIsCalledReady() throws InterruptedException {
        ServerSettings server =
                new ServerSettings(
                        folder,
                        new Listen("127.0.0.1", 0),
                        new Listen("127.0.0.1", 0),
                        Optional.empty(),
                        new Endpoints(
                                "functions.fnc.<region>.localhost", Endpoints.Scheme.HTTPS, 8443));
        SettableClock clock = new SettableClock(Samples.NOON);
        try (Store store = Store.open(StoreSettings.from(new Source(Map.of()), server));
                ContainerLogs logs =
                        new ContainerLogs(
                                new TelemetrySettings(folder.resolve("logs"), 1_000_000));
                FakeEngine engine = new FakeEngine(clock)) {
            changing(store);
            Sink sink = new Sink(store);
            try (Reconciler reconciler =
                    new Reconciler(
                            ReconcileSettings.from(new Source(Map.of())),
                            server,
                            new Reconciler.Parts(store, engine, logs, new Metrics()),
                            sink,
                            new FakeTraffic(() -> Traffic.NONE),
                            new Reconciler.Chances(clock, new Random(1)))) {
                reconciler.start();

                Shown first = sink.shown.poll(30, TimeUnit.SECONDS);

                assertThat(first).isNotNull();
                assertThat(first.route().httpsOnly()).isTrue();
                assertThat(first.status()).isEqualTo(Status.UPDATING);
            }
        }
    }

    /** A container that serves, and whose owner has just changed how. */
    private static void changing(Store store) {
        Container container = Samples.container(Samples.workload(), HTTPS_ONLY);
        store.write(tables -> {
            tables.namespaces().insert(Samples.namespace());
            tables.containers()
                    .insert(
                            Samples.with(
                                    container,
                                    HTTPS_ONLY,
                                    container.generation(),
                                    Status.UPDATING));
            tables.revisions()
                    .insert(
                            new Revision(
                                    container.id(),
                                    1,
                                    container.generation(),
                                    ExactImage.NONE,
                                    container.workload(),
                                    Map.of(),
                                    "a test",
                                    Revision.State.LIVE,
                                    "",
                                    Samples.NOON));
            return true;
        });
    }

    private static final class Sink implements RouteSink {
        private final BlockingQueue<Shown> shown = new LinkedBlockingQueue<>();
        private final Store store;

        private Sink(Store store) {
            this.store = store;
        }

        @Override
        public void publish(Route route) {
            shown.add(
                    new Shown(
                            route,
                            store.read(tables ->
                                    tables.containers()
                                            .find(route.containerId())
                                            .orElseThrow()
                                            .status())));
        }

        @Override
        public void incomplete(String because) {}

        @Override
        public void complete() {}

        @Override
        public void withdraw(UUID containerId) {
            throw new AssertionError("nothing is deleted here");
        }
    }
}
