package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Refusal;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2ServerConfig;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerBuilder;
import io.vertx.core.http.HttpServerConfig;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.WebSocketServerConfig;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop with its own server and its own connections to instances, so that a request never
 * changes threads. Looks over its requests, while it has any, for those that are overdue.
 */
final class Loop extends VerticleBase implements Executor {
    /** How long an answer of the gateway's own may take to be read. */
    static final Duration REFUSAL_TIMEOUT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    /** How late an overdue request may be noticed. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private static final Duration IDLE_CHECK_EVERY = Duration.ofSeconds(1);

    /** How much longer than the grace an answer of the gateway's own may take to be read. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    /**
     * How long the rest of a body is read for which nobody is there, before the connection ends.
     */
    private static final Duration LINGER = Duration.ofSeconds(2);

    /** Requests that one connection may have at once. */
    private static final int STREAMS_MAX = 250;

    /** Bytes that the bodies of one connection may hold here before their instances take them. */
    private static final int WINDOW = 4 << 20;

    /** Resets of a connection in a window: a client may change its mind, not for a living. */
    private static final int RESETS_MAX = 1000;

    private static final Duration RESETS_WINDOW = Duration.ofSeconds(10);

    /** Frames that go on with a head and hold next to nothing. */
    private static final int CONTINUATIONS_MAX = 16;

    /** RFC 8441, 3. */
    private static final int ENABLE_CONNECT_PROTOCOL = 8;

    /** What is agreed on in a WebSocket's handshake is between its two ends. */
    private static final WebSocketServerConfig AS_BYTES =
            new WebSocketServerConfig()
                    .setUsePerFrameCompression(false)
                    .setUsePerMessageCompression(false);

    private final Shared shared;
    private final List<Entrance> entrances;
    private final Ids ids;
    private final Forwarded forwarded;
    private final Connections connections = new Connections();
    private final Set<Exchange> exchanges = new LinkedHashSet<>();
    private Instances instances;
    private List<HttpServer> servers;
    private Thread thread;
    private boolean looks;
    private boolean watchesIdle;

    @SuppressWarnings("NullAway.Init") // the gateway deploys and opens it before anything else
    Loop(Shared shared, List<Entrance> entrances, RandomGenerator random) {
        this.shared = shared;
        this.entrances = List.copyOf(entrances);
        this.ids = new Ids(random);
        this.forwarded = new Forwarded(ids, shared.settings().trustedProxy());
    }

    @Override
    public Future<?> start() {
        thread = Thread.currentThread();
        return Future.succeededFuture();
    }

    /** Listens, and serves from then on. Any thread, once this loop is deployed. */
    Future<?> open() {
        Promise<Void> opened = Promise.promise();
        execute(() -> listen().<Void>mapEmpty().onComplete(opened));
        return opened.future();
    }

    private Future<?> listen() {
        GatewaySettings settings = shared.settings();
        instances =
                new Instances(
                        (ContextInternal) context,
                        this,
                        shared.nanos(),
                        settings.instances(),
                        settings.headerSizeMax());
        servers = entrances.stream().map(this::server).toList();
        return Future.join(servers.stream().map(HttpServer::listen).toList());
    }

    private HttpServer server(Entrance entrance) {
        GatewaySettings settings = shared.settings();
        HttpServerBuilder builder =
                vertx.httpServerBuilder()
                        .with(
                                new HttpServerConfig()
                                        .setVersions(
                                                HttpVersion.HTTP_1_0,
                                                HttpVersion.HTTP_1_1,
                                                HttpVersion.HTTP_2)
                                        .setTcpHost(entrance.listen().host())
                                        .setTcpPort(entrance.listen().port())
                                        .setWebSocketConfig(AS_BYTES)
                                        .setHttp1Config(settings.http1())
                                        .setHttp2Config(http2(settings.headerSizeMax())))
                        .withConnectHandler(this::opened);
        entrance.tls().ifPresent(tls -> tls.applyTo(builder));
        return builder.build()
                .requestHandler(this::accept)
                .invalidRequestHandler(this::acceptInvalid)
                .exceptionHandler(e -> LOG.atDebug().setCause(e).log("A connection was refused"));
    }

    /** What a client may cost; the limits that are not set here are Netty's own. */
    private static Http2ServerConfig http2(int headerSizeMax) {
        return new Http2ServerConfig()
                .setInitialSettings(
                        new Http2Settings()
                                .setMaxConcurrentStreams(STREAMS_MAX)
                                .setMaxHeaderListSize(headerSizeMax)
                                .set(ENABLE_CONNECT_PROTOCOL, 1))
                .setConnectionWindowSize(WINDOW)
                .setRstFloodMaxRstFramePerWindow(RESETS_MAX)
                .setRstFloodWindowDuration(RESETS_WINDOW)
                .setMaxSmallContinuationFrames(CONTINUATIONS_MAX);
    }

    private void opened(HttpConnection connection) {
        connections.opened(connection, shared.nanos());
        watchIdle();
    }

    private void accept(HttpServerRequest request) {
        if (!connections.isCondemned(request.connection())) {
            Exchange exchange = new Exchange(this, request);
            Http2Frames frames = exchange.isHttp2() ? frames(request.connection()) : null;
            if (frames == null) {
                exchange.begin();
            } else {
                frames.whenGreeted(exchange::begin);
            }
        }
    }

    private void acceptInvalid(HttpServerRequest request) {
        if (!connections.isCondemned(request.connection())) {
            new Exchange(this, request).beginInvalid(why(request));
        }
    }

    @Nullable Http2Frames frames(HttpConnection connection) {
        return connections.frames(connection);
    }

    /** What followed the body of a request. */
    MultiMap trailers(HttpServerRequest request) {
        return connections.trailers(request);
    }

    void condemn(HttpConnection connection) {
        connections.condemn(connection);
    }

    /**
     * Accepts nothing more and lets requests end. After the grace whoever still waits for an
     * instance is told to come back, and what an instance works on is cut a moment later. Any
     * thread.
     */
    Future<Void> shutdown(Duration grace) {
        execute(() ->
                after(
                        grace.toMillis(),
                        () -> new ArrayList<>(exchanges).forEach(Exchange::serverLeaves)));
        return Future.join(
                        servers.stream()
                                .map(server -> server.shutdown(grace.plus(LAST_WORDS)))
                                .toList())
                .mapEmpty();
    }

    /** Where all of this loop's requests are worked on. */
    Thread thread() {
        return thread;
    }

    GatewaySettings settings() {
        return shared.settings();
    }

    Guards guards() {
        return shared.guards();
    }

    Meters unroutedMeters() {
        return shared.unroutedMeters();
    }

    Ledger ledger() {
        return shared.ledger();
    }

    Ids ids() {
        return ids;
    }

    Forwarded forwarded() {
        return forwarded;
    }

    Instances instances() {
        return instances;
    }

    long now() {
        return shared.nanos().getAsLong();
    }

    void began(Exchange exchange) {
        exchanges.add(exchange);
        connections.requestBegan(exchange);
        if (!looks) {
            looks = true;
            after(LOOK_EVERY.toMillis(), this::look);
        }
    }

    void ended(Exchange exchange) {
        exchanges.remove(exchange);
        connections.requestEnded(exchange, now());
    }

    /** Runs here, after what has been read from the sockets until now is worked off. Any thread. */
    @Override
    public void execute(Runnable what) {
        context.runOnContext(_ -> what.run());
    }

    void after(long millis, Runnable what) {
        vertx.setTimer(Math.max(1, millis), _ -> what.run());
    }

    /**
     * The answer is given though the body has not all been read: a little is read to no purpose, so
     * that the client gets to read the answer before its connection ends.
     */
    void discardRest(HttpServerRequest request) {
        request.resume();
        after(
                LINGER.toMillis(),
                () -> {
                    if (!request.isEnded()) {
                        request.connection().close();
                    }
                });
    }

    /** For requests that are overdue or whose client is gone, while there are any. */
    private void look() {
        long now = now();
        for (Exchange exchange : new ArrayList<>(exchanges)) {
            HttpConnection client = exchange.request().connection();
            if (connections.isGone(client, now)
                    || (shared.missesResets() && Connections.isReset(client))) {
                Connections.cut(client);
            } else if (exchange.isOverdue(now)) {
                timeOut(exchange);
            } else if (shared.missesResets()) {
                exchange.lookForReset();
            }
        }
        looks = !exchanges.isEmpty();
        if (looks) {
            after(LOOK_EVERY.toMillis(), this::look);
        }
    }

    /** As long as there is a connection: a loop without any is not woken. */
    private void watchIdle() {
        if (watchesIdle) {
            return;
        }
        watchesIdle = true;
        vertx.setTimer(
                IDLE_CHECK_EVERY.toMillis(),
                _ -> {
                    watchesIdle = false;
                    connections.closeIdle(now(), shared.settings().keepAlive().toNanos());
                    instances.closeIdle();
                    if (!connections.isEmpty() || !instances.isEmpty()) {
                        watchIdle();
                    }
                });
    }

    /** One that cannot be told must not keep the others from being looked at. */
    private static void timeOut(Exchange exchange) {
        try {
            exchange.timeOut();
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("request_id", exchange.requestId())
                    .setCause(e)
                    .log("A request that took too long could not be answered");
            exchange.cut(Http2Error.CANCEL.code());
        }
    }

    private Refusal why(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        return switch (cause) {
            case TooLongHttpLineException _ -> Words.lineTooLong(settings().requestLineMax());
            case TooLongHttpHeaderException _ -> Words.headersTooLarge(settings().headerSizeMax());
            default -> Words.invalid(String.valueOf(cause.getMessage()));
        };
    }
}
