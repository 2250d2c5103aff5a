package dev.dormouse.api;

import dev.dormouse.auth.KeyRing;
import dev.dormouse.auth.RateLimit;
import dev.dormouse.config.Listen;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.engine.EngineHealth;
import dev.dormouse.eventloop.EventLoops;
import dev.dormouse.model.Activity;
import dev.dormouse.model.Start;
import dev.dormouse.store.Store;
import dev.dormouse.telemetry.AuditLog;
import dev.dormouse.telemetry.ContainerLogs;
import dev.dormouse.telemetry.Metrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The REST API of one server, from the opening of its port to {@link #close}. */
public final class Api implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(10);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    /** Longer than two heartbeats of those who follow logs. */
    private static final int IDLE_SECONDS = 90;

    private static final String PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Vertx vertx;
    private final HttpServer server;
    private final HttpFront front;
    private final SecretHasher hasher;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Api(Vertx vertx, HttpServer server, HttpFront front, SecretHasher hasher) {
        this.vertx = vertx;
        this.server = server;
        this.front = front;
        this.hasher = hasher;
    }

    /** What the API reads and writes. */
    public record State(
            Store store, KeyRing keys, ContainerLogs logs, AuditLog audit, Metrics metrics) {}

    /**
     * What the API says to the control loop, and asks it.
     *
     * @param containerChanged told of every container that was written, when it is stored; must not
     *     block
     * @param activity what is being done for a container
     * @param starts a container's newest starts, newest first
     * @param awake the containers that have an instance
     * @param engine whether the engine answers
     * @param warnings what does not hold on this machine now and should, for the operator
     */
    public record Loop(
            Consumer<UUID> containerChanged,
            Function<UUID, Activity> activity,
            Function<UUID, List<Start>> starts,
            Supplier<Collection<UUID>> awake,
            Supplier<EngineHealth> engine,
            Supplier<List<String>> warnings) {}

    /**
     * What is passed in so that tests may choose it.
     *
     * @param random cannot be guessed, and is safe on any thread
     */
    public record Chances(InstantSource clock, RandomGenerator random) {}

    /**
     * Opens the port and answers.
     *
     * @throws IllegalStateException if the port cannot be opened
     */
    public static Api start(
            ApiSettings settings, ServerSettings server, State state, Loop loop, Chances chances) {
        Document document = Document.withLimits(settings.limits());
        SecretHasher hasher = new SecretHasher(chances.random(), settings.requestTimeout());
        Handlers handlers =
                new Handlers(
                        document.operations(),
                        handlers(settings, server, state, loop, chances, document, hasher));
        HttpFront front =
                new HttpFront(
                        clerk(settings, state, chances, document, handlers),
                        new ApiMetrics(state.metrics().registry()),
                        settings,
                        chances.random());
        Vertx vertx = Vertx.vertx(EventLoops.options(1));
        try {
            HttpServer http = listen(vertx, front, document, server.apiListen());
            EventLoops.rest(vertx);
            return new Api(vertx, http, front, hasher);
        } catch (RuntimeException e) {
            vertx.close();
            throw e;
        }
    }

    private static Clerk clerk(
            ApiSettings settings,
            State state,
            Chances chances,
            Document document,
            Handlers handlers) {
        RateLimit rate = new RateLimit(settings.rate().perSecond(), settings.rate().burst());
        return new Clerk(
                new Reception(document, state.keys(), rate, chances.clock()),
                handlers,
                new Audit(state.audit(), document, chances.clock()));
    }

    private static HttpServer listen(
            Vertx vertx, HttpFront front, Document document, Listen listen) {
        try {
            return vertx.createHttpServer(
                            new HttpServerOptions()
                                    .setHost(listen.host())
                                    .setPort(listen.port())
                                    .setIdleTimeout(IDLE_SECONDS)
                                    .setMaxInitialLineLength(HttpFront.REQUEST_LINE_BYTES_MAX)
                                    .setMaxHeaderSize(HttpFront.HEADERS_BYTES_MAX)
                                    .setHandle100ContinueAutomatically(true)
                                    .setCompressionSupported(false))
                    .connectionHandler(front::connected)
                    .invalidRequestHandler(front::refuse)
                    .requestHandler(front.handler(vertx, document.operations()))
                    .listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while opening the API's port", e);
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "the API cannot listen on %s: %s".formatted(listen, e.getMessage()), e);
        }
    }

    private static Map<String, Handler> handlers(
            ApiSettings settings,
            ServerSettings server,
            State state,
            Loop loop,
            Chances chances,
            Document document,
            SecretHasher hasher) {
        VariableLimits limits = new VariableLimits(document);
        Desk desk =
                new Desk(
                        state.store(),
                        hasher,
                        new ContainerJson(server),
                        loop.containerChanged(),
                        chances.random());
        Namespaces namespaces = new Namespaces(desk, limits);
        ContainerChecks checks = new ContainerChecks(settings.pairing());
        Containers containers = new Containers(desk, new ContainerBody(document), checks, limits);
        Revisions revisions = new Revisions(desk, checks, limits);
        Keys keys = new Keys(state.store(), state.keys(), chances.random());
        StatusView status = new StatusView(state.store(), server, loop);
        StartsView starts = new StartsView(state.store(), loop.starts());
        LogsView logs = new LogsView(state.store(), state.logs(), settings.followersMax());
        return Map.ofEntries(
                Map.entry("createNamespace", namespaces::create),
                Map.entry("getNamespace", namespaces::get),
                Map.entry("listNamespaces", namespaces::list),
                Map.entry("updateNamespace", namespaces::update),
                Map.entry("deleteNamespace", namespaces::delete),
                Map.entry("createContainer", containers::create),
                Map.entry("getContainer", containers::get),
                Map.entry("listContainers", containers::list),
                Map.entry("updateContainer", containers::update),
                Map.entry("deleteContainer", containers::delete),
                Map.entry("redeployContainer", containers::redeploy),
                Map.entry("listRevisions", revisions::list),
                Map.entry("listStarts", starts::list),
                Map.entry("rollbackContainer", revisions::rollback),
                Map.entry("listKeys", keys::list),
                Map.entry("createKey", keys::create),
                Map.entry("deleteKey", keys::delete),
                Map.entry("getStatus", status::get),
                Map.entry("getLogs", logs::get),
                Map.entry("getHealth", _ -> new Answer.Document(Json.object().put("status", "ok"))),
                Map.entry("getDocument", _ -> new Answer.Document(document.root())),
                Map.entry("getMetadata", _ -> metadata()),
                Map.entry(
                        "getMetrics",
                        _ -> new Answer.Text(PROMETHEUS_TYPE, state.metrics().scrape())));
    }

    /** What the Go SDK makes resource names of; the values are those of the real platform. */
    private static Answer metadata() {
        return new Answer.Document(
                Json.object()
                        .put("platform", "external")
                        .put("partition", "scw")
                        .put("domain", "scw.eu"));
    }

    /** The port it listens on, also where the system chose it. */
    public int port() {
        return server.actualPort();
    }

    /**
     * Stops accepting, answers what is being worked on, and takes leave of those who follow;
     * harmless when repeated.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        front.endLines();
        try {
            server.shutdown(CLOSE_GRACE)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_GRACE.plus(STOP_TIMEOUT).toSeconds(), TimeUnit.SECONDS);
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the API did not close", e);
        } finally {
            front.close();
            hasher.close();
        }
    }
}
