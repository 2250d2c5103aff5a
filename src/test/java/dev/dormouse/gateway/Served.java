package dev.dormouse.gateway;

import static org.awaitility.Awaitility.await;

import dev.dormouse.auth.KeyRing;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import dev.dormouse.model.ApiKey;
import dev.dormouse.model.Options;
import dev.dormouse.model.PermissionSet;
import dev.dormouse.model.Privacy;
import dev.dormouse.model.Protocol;
import dev.dormouse.model.Route;
import dev.dormouse.model.Traffic;
import dev.dormouse.telemetry.AccessLog;
import dev.dormouse.telemetry.AccessSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.X509ExtendedKeyManager;

/** A gateway on a free port with two event loops, one container, and instances on real sockets. */
final class Served implements AutoCloseable {
    static final String HOST = "shop1234-web.functions.fnc.fr-par.localhost";
    static final UUID CONTAINER = UUID.fromString("11111111-1111-4111-8111-111111111111");
    static final UUID PROJECT = UUID.fromString("22222222-2222-4222-8222-222222222222");
    static final String SECRET = "33333333-3333-4333-8333-333333333333";
    static final String READER_SECRET = "44444444-4444-4444-8444-444444444444";

    final Gateway gateway;
    final MeterRegistry meters = new SimpleMeterRegistry();
    private final AccessLog log;
    final AtomicInteger pokes = new AtomicInteger();

    /** Wakes at once, unless a test says otherwise. */
    volatile Function<String, CompletableFuture<Void>> waker =
            _ -> CompletableFuture.completedFuture(null);

    private final List<Instance> instances = new ArrayList<>();
    private Route route = route();

    Served(String... settings) {
        this(Optional.empty(), settings);
    }

    /** With a TLS listener too, where there are certificates for it. */
    Served(Optional<X509ExtendedKeyManager> certificates, String... settings) {
        Map<String, String> values = new HashMap<>();
        values.put("DORMOUSE_GATEWAY_LISTEN", "127.0.0.1:0");
        values.put("DORMOUSE_GATEWAY_TLS_LISTEN", certificates.isPresent() ? "127.0.0.1:0" : "off");
        values.put("DORMOUSE_GATEWAY_EVENT_LOOPS", "2");
        values.put("DORMOUSE_GATEWAY_CLOSE_GRACE", "100ms");
        for (int i = 0; i < settings.length; i += 2) {
            boolean whole = settings[i].startsWith(Source.PREFIX);
            values.put(whole ? settings[i] : "DORMOUSE_GATEWAY_" + settings[i], settings[i + 1]);
        }
        Source source = new Source(values);
        ServerSettings server = ServerSettings.from(source, Map.of());
        GatewaySettings read = GatewaySettings.from(source, server);
        log = AccessLog.open(AccessSettings.from(source, server), meters);
        source.check();
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-24T12:00:00Z"));
        gateway =
                Gateway.start(
                        read,
                        new Gateway.Trust(keys(), certificates),
                        meters,
                        log,
                        clock,
                        _ -> pokes.incrementAndGet(),
                        (_, instance) -> waker.apply(instance));
        gateway.complete();
    }

    static Route route() {
        return new Route(
                CONTAINER,
                PROJECT,
                "shop",
                "web",
                1,
                HOST,
                Privacy.PUBLIC,
                Protocol.HTTP1,
                false,
                80,
                100,
                Duration.ofSeconds(60),
                List.of(),
                Set.of(),
                Optional.empty(),
                Options.NONE);
    }

    int port() {
        return gateway.port();
    }

    Instance instance(Instance.Program program) throws IOException {
        Instance instance = Instance.start(program);
        instances.add(instance);
        return instance;
    }

    /** Publishes the next version, changed so. */
    Served publish(UnaryOperator<RouteEdit> edit) {
        RouteEdit edited = edit.apply(new RouteEdit(route));
        route = edited.version(route.version() + 1).route();
        gateway.publish(route);
        return this;
    }

    Served publish(Instance... targets) {
        return publish(edit -> edit.targets(targets));
    }

    Traffic traffic() {
        return gateway.read(CONTAINER);
    }

    void awaitInFlight(int count) {
        await().until(() -> traffic().inFlight() == count);
    }

    void awaitWaiting(int count) {
        await().until(() -> traffic().waiting() == count);
    }

    /** Nothing is in flight, nothing waits. */
    void awaitQuiet() {
        await().until(() -> traffic().inFlight() == 0 && traffic().waiting() == 0);
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        closeLog();
        for (Instance instance : instances) {
            instance.close();
        }
    }

    /** What was told of is written when this returns. */
    void closeLog() throws IOException {
        log.close();
    }

    private static KeyRing keys() {
        return new KeyRing(
                List.of(
                        key("SCWCALLER", SECRET, PermissionSet.ContainersPrivateAccess),
                        key("SCWREADER", READER_SECRET, PermissionSet.ContainersReadOnly)));
    }

    private static ApiKey key(String access, String secret, PermissionSet may) {
        return new ApiKey(
                access,
                KeyRing.hash(secret),
                "",
                PROJECT,
                PROJECT,
                Set.of(may),
                Instant.EPOCH,
                Optional.empty());
    }
}
