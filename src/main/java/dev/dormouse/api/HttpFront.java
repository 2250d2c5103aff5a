package dev.dormouse.api;

import dev.dormouse.auth.NewKey;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The API over HTTP: reads requests on an event loop, carries each out on a virtual thread of its
 * own, and answers. No more requests than allowed are worked on at once.
 */
final class HttpFront implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
    private static final String JSON_TYPE = "application/json";
    private static final String LOGGED_ID = "request_id";
    private static final String EXCHANGE = "dormouse.exchange";
    private static final Pattern ENCODED = Pattern.compile("(?:[^%]++|%[0-9a-fA-F]{2})*+");
    private static final String REQUEST_ID = "X-Request-Id";
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final int ADDRESS_LENGTH_MAX = 64;

    /** What is longer is answered 414. */
    static final int REQUEST_LINE_BYTES_MAX = 4096;

    /** What is larger is answered 431. */
    static final int HEADERS_BYTES_MAX = 16 * 1024;

    private final Clerk clerk;
    private final ApiMetrics metrics;
    private final ApiSettings settings;
    private final RandomGenerator random;
    private final Semaphore room;

    /** The threads that write lines, for as long as somebody follows. */
    private final Set<Thread> writers = ConcurrentHashMap.newKeySet();

    /** How many connections there are; for the one event loop. */
    private int connections;

    private volatile boolean leaving;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * A front that does not listen yet.
     *
     * @param random makes the ids of requests
     */
    HttpFront(Clerk clerk, ApiMetrics metrics, ApiSettings settings, RandomGenerator random) {
        this.clerk = clerk;
        this.metrics = metrics;
        this.settings = settings;
        this.random = random;
        this.room = new Semaphore(settings.requestsMax());
    }

    /** What the server hands its requests to: the router, for all that it can take apart. */
    Handler<HttpServerRequest> handler(Vertx vertx, List<Operation> operations) {
        Router router = router(vertx, operations);
        return request -> {
            if (ENCODED.matcher(Objects.requireNonNullElse(request.uri(), "")).matches()) {
                router.handle(request);
            } else {
                refuse(request);
            }
        };
    }

    private Router router(Vertx vertx, List<Operation> operations) {
        Router router = Router.router(vertx);
        router.route().handler(this::arrive);
        Map<String, List<Operation>> byPath =
                operations.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Operation::path, LinkedHashMap::new, Collectors.toList()));
        byPath.forEach((path, all) -> {
            String template = path.replaceAll("\\{(\\w+)}", ":$1");
            for (Operation operation : all) {
                var route = router.route(HttpMethod.valueOf(operation.method()), template);
                if (operation.method().equals("GET")) {
                    route.method(HttpMethod.HEAD);
                }
                route.handler(context -> accept(context, operation));
            }
            router.route(template).handler(context -> otherMethod(context, all));
        });
        router.route().handler(HttpFront::unknownPath);
        router.route().failureHandler(HttpFront::failed);
        return router;
    }

    /** Somebody connects: hung up on if there are too many, so that files remain for the rest. */
    void connected(HttpConnection connection) {
        connections++;
        connection.closeHandler(_ -> connections--);
        if (connections > settings.connectionsMax()) {
            LOG.debug("too many connections most={}", settings.connectionsMax());
            connection.close();
        }
    }

    /** What is no HTTP, or has a head larger than any that is read. */
    void refuse(HttpServerRequest request) {
        Problem problem = why(request.decoderResult().cause());
        request.response()
                .setStatusCode(problem.status())
                .putHeader(REQUEST_ID, NewKey.randomUuid(random).toString())
                .putHeader("Content-Type", JSON_TYPE)
                .putHeader("Connection", "close")
                .end(Buffer.buffer(Json.bytes(problem.body())))
                .onComplete(_ -> request.connection().close());
    }

    private static Problem why(@Nullable Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ ->
                    Problem.plain(
                            Problem.Code.BAD_REQUEST,
                            HttpResponseStatus.REQUEST_URI_TOO_LONG.code(),
                            "the request line is longer than %d bytes"
                                    .formatted(REQUEST_LINE_BYTES_MAX));
            case TooLongHttpHeaderException _ ->
                    Problem.plain(
                            Problem.Code.BAD_REQUEST,
                            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE.code(),
                            "the headers are larger than %d bytes".formatted(HEADERS_BYTES_MAX));
            case null, default ->
                    Problem.plain(
                            Problem.Code.BAD_REQUEST,
                            "the request is no HTTP, or its path or query is not percent-encoded");
        };
    }

    private void arrive(RoutingContext context) {
        Exchange exchange = new Exchange(context, settings, NewKey.randomUuid(random));
        context.put(EXCHANGE, exchange);
        exchange.read(room, metrics);
    }

    private static Exchange exchange(RoutingContext context) {
        return Objects.requireNonNull(context.<Exchange>get(EXCHANGE));
    }

    /** The router is generous with slashes; the document is not. */
    private static boolean isTemplate(RoutingContext context, String template) {
        String path = Objects.requireNonNullElse(context.request().path(), "");
        return path.chars().filter(one -> one == '/').count()
                == template.chars().filter(one -> one == '/').count();
    }

    private void accept(RoutingContext context, Operation operation) {
        if (!isTemplate(context, operation.path())) {
            unknownPath(context);
            return;
        }
        Exchange exchange = exchange(context);
        exchange.takes(operation.path());
        Reception.Arrival arrival = arrival(context, exchange);
        exchange.work(threads, () -> carryOut(exchange, operation, arrival));
    }

    private void carryOut(Exchange exchange, Operation operation, Reception.Arrival arrival) {
        try (var _ = MDC.putCloseable(LOGGED_ID, exchange.id().toString())) {
            switch (clerk.serve(operation, arrival)) {
                case Answer.Document(var json) -> exchange.answer(200, JSON_TYPE, Json.bytes(json));
                case Answer.Text(String type, String text) ->
                        exchange.answer(200, type, text.getBytes(StandardCharsets.UTF_8));
                case Answer.Lines(var writer) -> write(exchange, writer);
            }
        } catch (Problem problem) {
            exchange.answer(problem);
        } catch (CancellationException e) {
            LOG.debug("a reader of lines has left", e);
        } catch (RuntimeException e) {
            LOG.error("an answer failed unexpectedly operation={}", operation.id(), e);
            exchange.answer(Failure.toProblem(e));
        }
    }

    private void write(Exchange exchange, Consumer<Consumer<Answer.Line>> writer) {
        Thread current = Thread.currentThread();
        writers.add(current);
        try {
            if (leaving) {
                current.interrupt();
            }
            exchange.answerLines(writer);
        } finally {
            writers.remove(current);
        }
    }

    /** Whoever follows lines has read the last one: that is an end, and nothing to wait for. */
    void endLines() {
        leaving = true;
        writers.forEach(Thread::interrupt);
    }

    private Reception.Arrival arrival(RoutingContext context, Exchange exchange) {
        Map<String, String> parameters = new LinkedHashMap<>();
        context.queryParams().forEach(entry -> parameters.put(entry.getKey(), entry.getValue()));
        parameters.putAll(context.pathParams());
        return new Reception.Arrival(
                exchange.id(),
                source(context.request()),
                parameters,
                Optional.ofNullable(context.request().getHeader("X-Auth-Token"))
                        .or(() ->
                                Optional.ofNullable(
                                        context.request().getHeader("X-Session-Token"))),
                Optional.ofNullable(context.request().getHeader("Content-Type")),
                exchange.body());
    }

    /** A proxy that is trusted has added the address that it saw to what it was told. */
    private String source(HttpServerRequest request) {
        String seen = request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
        String told = request.getHeader(FORWARDED_FOR);
        if (!settings.trustedProxy() || told == null) {
            return Objects.requireNonNullElse(seen, "");
        }
        String last = told.substring(told.lastIndexOf(',') + 1).strip();
        return last.substring(0, Math.min(last.length(), ADDRESS_LENGTH_MAX));
    }

    private static void otherMethod(RoutingContext context, Collection<Operation> operations) {
        String template = operations.iterator().next().path();
        if (!isTemplate(context, template)) {
            unknownPath(context);
            return;
        }
        TreeSet<String> allowed = new TreeSet<>(List.of("OPTIONS"));
        operations.forEach(operation -> allowed.add(operation.method()));
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        exchange(context).takes(template);
        context.response().putHeader("Allow", String.join(", ", allowed));
        if (context.request().method().equals(HttpMethod.OPTIONS)) {
            context.response().setStatusCode(204).end();
            return;
        }
        exchange(context)
                .answer(
                        Problem.plain(
                                Problem.Code.METHOD_NOT_ALLOWED,
                                "the method is %s; allowed is %s"
                                        .formatted(context.request().method(), allowed)));
    }

    private static void unknownPath(RoutingContext context) {
        exchange(context)
                .answer(
                        Problem.notFound(
                                "path", Objects.requireNonNullElse(context.request().path(), "*")));
    }

    /** What the router refuses before a handler sees it, such as a path that cannot be decoded. */
    private static void failed(RoutingContext context) {
        Throwable cause = context.failure();
        boolean isOfClient =
                (context.statusCode() >= 400 && context.statusCode() < 500)
                        || cause instanceof IllegalArgumentException;
        if (!isOfClient) {
            try (var _ = MDC.putCloseable(LOGGED_ID, exchange(context).id().toString())) {
                LOG.error("a request failed unexpectedly", cause);
            }
        }
        exchange(context)
                .answer(
                        isOfClient
                                ? Problem.plain(
                                        Problem.Code.BAD_REQUEST,
                                        "the request cannot be understood")
                                : Problem.plain(
                                        Problem.Code.INTERNAL_ERROR,
                                        "an internal error occurred; see the log"));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
