import dev.dormouse.auth.KeyRing;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import dev.dormouse.gateway.Gateway;
import dev.dormouse.gateway.GatewaySettings;
import dev.dormouse.model.Options;
import dev.dormouse.model.Privacy;
import dev.dormouse.model.Protocol;
import dev.dormouse.model.Route;
import dev.dormouse.model.Route.Target;
import dev.dormouse.model.Waker;
import dev.dormouse.telemetry.AccessLog;
import dev.dormouse.telemetry.AccessSettings;
import dev.dormouse.telemetry.Metrics;
import dev.dormouse.tls.Certificates;
import dev.dormouse.tls.TlsSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * The gateway as the server makes it, of the settings in the environment. Its routes are published
 * here, where in the server the control loop does so: containers c0.bench, c1.bench, … on one port,
 * and sink.bench on another.
 */
final class PublishedGateway {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final int CONCURRENCY = 1000;

    private PublishedGateway() {}

    public static void main(String[] words) throws InterruptedException {
        int containers = Integer.parseInt(words[0]);
        int instancePort = Integer.parseInt(words[1]);
        int sinkPort = Integer.parseInt(words[2]);
        Source source =
                new Source(
                        System.getenv().entrySet().stream()
                                .filter(one -> one.getKey().startsWith(Source.PREFIX))
                                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        ServerSettings server = ServerSettings.from(source, System.getenv());
        GatewaySettings settings = GatewaySettings.from(source, server);
        TlsSettings tls = TlsSettings.from(source, server);
        AccessSettings access = AccessSettings.from(source, server);
        source.check();
        InstantSource clock = InstantSource.system();
        Certificates certificates = Certificates.open(tls, clock, new SecureRandom());
        MeterRegistry meters = new Metrics().registry();
        Gateway gateway =
                Gateway.start(
                        settings,
                        new Gateway.Trust(
                                new KeyRing(List.of()), Optional.of(certificates.keyManager())),
                        meters,
                        AccessLog.open(access, meters),
                        clock,
                        _ -> {},
                        Waker.NOBODY);
        for (int i = 0; i < containers; i++) {
            gateway.publish(route("c" + i, instancePort));
        }
        gateway.publish(route("sink", sinkPort));
        gateway.complete();
        new CountDownLatch(1).await();
    }

    private static Route route(String name, int port) {
        return new Route(
                UUID.randomUUID(),
                UUID.randomUUID(),
                "bench",
                name,
                1,
                name + ".bench",
                Privacy.PUBLIC,
                Protocol.HTTP1,
                false,
                CONCURRENCY,
                CONCURRENCY,
                TIMEOUT,
                List.of(new Target("instance", "127.0.0.1", port)),
                Set.of(),
                Optional.empty(),
                Options.NONE);
    }
}
