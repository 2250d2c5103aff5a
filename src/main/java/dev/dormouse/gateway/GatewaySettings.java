package dev.dormouse.gateway;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import io.vertx.core.MultiMap;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.transport.Transport;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the gateway listens, and its limits.
 *
 * @param server where to listen, and under which URLs
 * @param eventLoops how many threads serve; a connection stays on one of them
 * @param transport how they talk with the kernel
 * @param trustedProxy whether a proxy that sets {@code X-Forwarded-Proto} and {@code
 *     X-Forwarded-Host} itself is in front; without one these are what callers claim and are
 *     overwritten
 * @param connectionsMax how many connections clients may have; more are hung up on
 * @param requestLineMax bytes of a request line; a longer one is answered 414
 * @param headerSizeMax bytes of all headers of a request; more is answered 431
 * @param keepAlive how long a client's connection may be idle; never ends a request in progress
 * @param closeGrace how long requests in progress may take to finish when the server stops
 * @param serverTiming which answers tell where the request's time went
 * @param instances how instances are reached
 */
public record GatewaySettings(
        ServerSettings server,
        int eventLoops,
        Transports transport,
        boolean trustedProxy,
        int connectionsMax,
        int requestLineMax,
        int headerSizeMax,
        Duration keepAlive,
        Duration closeGrace,
        ServerTiming serverTiming,
        Instances instances) {
    /** Bytes of a body that are passed on at once: as many as are read at once, at most. */
    static final int PIECE_MAX = 64 << 10;

    private static final int LOOPS_MAX = 256;
    private static final int CONNECTIONS_MAX = 100_000;
    private static final int CLIENTS_LEAST = 32;
    private static final int CLIENTS_MAX = 1_000_000;

    /** What the rest of the server needs of open files, with room to spare. */
    private static final int FILES_FOR_OTHERS = 512;

    private static final int RETRIES_MAX = 100;
    private static final long LINE_MAX = 1 << 20;

    /** How sockets are read and written. */
    public enum Transports {
        /** By io_uring where nobody is answered with TLS, for there it costs more (0020). */
        AUTO,
        /** By epoll, where there is that. */
        EPOLL,
        /** By io_uring where the kernel has it and lets us, else as above. */
        IO_URING
    }

    /** What is tried, in this order; null where its library is not here. */
    Stream<@Nullable Transport> transports() {
        boolean usesRings =
                switch (transport) {
                    case AUTO -> server.tlsListen().isEmpty();
                    case EPOLL -> false;
                    case IO_URING -> true;
                };
        return usesRings
                ? Stream.of(Transport.IO_URING, Transport.EPOLL)
                : Stream.of(Transport.EPOLL);
    }

    /** Which answers have {@code Server-Timing}. */
    public enum ServerTiming {
        /** None of ours. */
        OFF,
        /** Those to requests that ask for it. */
        ON_REQUEST,
        /** All. */
        ON;

        boolean isWantedBy(MultiMap request) {
            return switch (this) {
                case OFF -> false;
                case ON_REQUEST -> "1".equals(request.get(Headers.WANTS_TIMING));
                case ON -> true;
            };
        }
    }

    /**
     * How instances are reached.
     *
     * @param connectTimeout how long making a connection may take
     * @param connectRetries how often one request may be tried again after a failed connect
     * @param connectionsMax most connections of one event loop to one instance; an instance's
     *     concurrency is never more
     * @param keepAlive how long a connection may be idle before it is not used again; below the 5 s
     *     after which common servers close theirs
     */
    public record Instances(
            Duration connectTimeout, int connectRetries, int connectionsMax, Duration keepAlive) {}

    /** Reads {@code DORMOUSE_GATEWAY_…}; where to listen is known to the caller already. */
    public static GatewaySettings from(Source source, ServerSettings server) {
        return new GatewaySettings(
                server,
                (int)
                        source.number(
                                "DORMOUSE_GATEWAY_EVENT_LOOPS",
                                Math.min(Runtime.getRuntime().availableProcessors(), LOOPS_MAX),
                                1,
                                LOOPS_MAX),
                source.choice("DORMOUSE_GATEWAY_TRANSPORT", Transports.AUTO),
                source.flag("DORMOUSE_GATEWAY_TRUSTED_PROXY", false),
                (int)
                        source.number(
                                "DORMOUSE_GATEWAY_CONNECTIONS_MAX",
                                connectionsByDefault(),
                                1,
                                CLIENTS_MAX),
                size(source, "DORMOUSE_GATEWAY_REQUEST_LINE_MAX", 8 << 10),
                size(source, "DORMOUSE_GATEWAY_HEADER_SIZE_MAX", 32 << 10),
                source.duration("DORMOUSE_GATEWAY_KEEP_ALIVE", Duration.ofSeconds(75)),
                source.duration("DORMOUSE_GATEWAY_CLOSE_GRACE", Duration.ofSeconds(30)),
                source.choice("DORMOUSE_GATEWAY_SERVER_TIMING", ServerTiming.ON_REQUEST),
                new Instances(
                        source.duration("DORMOUSE_GATEWAY_CONNECT_TIMEOUT", Duration.ofSeconds(1)),
                        (int) source.number("DORMOUSE_GATEWAY_CONNECT_RETRIES", 5, 0, RETRIES_MAX),
                        (int)
                                source.number(
                                        "DORMOUSE_GATEWAY_INSTANCE_CONNECTIONS_MAX",
                                        10_000,
                                        1,
                                        CONNECTIONS_MAX),
                        source.duration(
                                "DORMOUSE_GATEWAY_INSTANCE_KEEP_ALIVE", Duration.ofSeconds(4))));
    }

    Http1ServerConfig http1() {
        return new Http1ServerConfig()
                .setMaxInitialLineLength(requestLineMax)
                .setMaxChunkSize(PIECE_MAX)
                .setMaxHeaderSize(headerSizeMax);
    }

    /** A client's request may take a file of its own and one towards an instance. */
    private static int connectionsByDefault() {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system) {
            long files = system.getMaxFileDescriptorCount();
            return Math.clamp((files - FILES_FOR_OTHERS) / 2, CLIENTS_LEAST, CLIENTS_MAX);
        }
        return CONNECTIONS_MAX;
    }

    private static int size(Source source, String name, int byDefault) {
        long bytes = source.bytes(name, byDefault);
        if (bytes < 1 || bytes > LINE_MAX) {
            source.mistake(name, bytes + "B", "a size from 1B to 1MiB");
            return byDefault;
        }
        return (int) bytes;
    }
}
