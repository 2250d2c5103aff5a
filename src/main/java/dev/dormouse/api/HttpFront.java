package dev.dormouse.api;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API over HTTP: reads requests on an event loop, carries each out on a virtual thread of its
 * own, and answers. No more requests than allowed are worked on at once.
 */
final class HttpFront implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
    private static final String JSON_TYPE = "application/json";
    private static final String ROUTE = "dormouse.route";
    private static final String ARRIVED = "dormouse.arrived";
    private static final String REQUEST_ID = "X-Request-Id";

    private final Reception reception;
    private final Handlers handlers;
    private final ApiMetrics metrics;
    private final ApiSettings settings;
    private final Semaphore room;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    HttpFront(Reception reception, Handlers handlers, ApiMetrics metrics, ApiSettings settings) {
        this.reception = reception;
        this.handlers = handlers;
        this.metrics = metrics;
        this.settings = settings;
        this.room = new Semaphore(settings.requestsMax());
    }

    Router router(Vertx vertx, List<Operation> operations) {
        Router router = Router.router(vertx);
        router.route().handler(this::arrive);
        router.route().handler(BodyHandler.create(false).setBodyLimit(settings.bodyBytesMax()));
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
        router.route().failureHandler(this::failed);
        return router;
    }

    private void arrive(RoutingContext context) {
        context.put(ARRIVED, System.nanoTime());
        HttpServerResponse response = context.response();
        response.putHeader(REQUEST_ID, UUID.randomUUID().toString());
        long timer =
                context.vertx()
                        .setTimer(settings.requestTimeout().toMillis(), _ -> overdue(context));
        response.headersEndHandler(_ -> context.vertx().cancelTimer(timer));
        response.endHandler(_ -> count(context));
        response.closeHandler(_ -> context.vertx().cancelTimer(timer));
        context.next();
    }

    private static void overdue(RoutingContext context) {
        boolean isRead = context.request().isEnded();
        answer(
                context,
                isRead
                        ? Problem.plain(
                                Problem.Code.UNAVAILABLE,
                                "the server did not finish in time; look whether it was done before"
                                        + " you try again")
                        : Problem.plain(
                                Problem.Code.REQUEST_TIMEOUT,
                                "the request did not arrive in time"));
        if (!isRead) {
            context.request().connection().close();
        }
    }

    private void count(RoutingContext context) {
        long arrived = Objects.requireNonNull(context.<Long>get(ARRIVED));
        String route = Optional.<String>ofNullable(context.get(ROUTE)).orElse("none");
        metrics.answered(
                route,
                route.equals("none") ? "any" : context.request().method().name(),
                context.response().getStatusCode(),
                Duration.ofNanos(System.nanoTime() - arrived));
    }

    private void accept(RoutingContext context, Operation operation) {
        context.put(ROUTE, operation.path());
        if (!room.tryAcquire()) {
            context.response().putHeader("Retry-After", "1");
            answer(context, Problem.tooManyRequests("too many requests are worked on at once"));
            return;
        }
        Future<?> work =
                threads.submit(() -> {
                    try {
                        carryOut(context, operation);
                    } finally {
                        room.release();
                    }
                });
        context.response().closeHandler(_ -> work.cancel(true));
    }

    private void carryOut(RoutingContext context, Operation operation) {
        try {
            Request request = reception.receive(operation, arrival(context));
            switch (handlers.of(operation).handle(request)) {
                case Answer.Document(var json) -> end(context, 200, JSON_TYPE, Json.bytes(json));
                case Answer.Text(String type, String text) ->
                        end(
                                context,
                                200,
                                type,
                                text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                case Answer.Lines(var writer) -> stream(context, writer);
            }
        } catch (Problem problem) {
            answer(context, problem);
        } catch (CancellationException e) {
            LOG.debug("a reader of lines has left", e);
        } catch (RuntimeException e) {
            LOG.error(
                    "a request failed unexpectedly operation={} request_id={}",
                    operation.id(),
                    context.response().headers().get(REQUEST_ID),
                    e);
            answer(context, Failure.toProblem(e));
        }
    }

    private static Reception.Arrival arrival(RoutingContext context) {
        Map<String, String> parameters = new LinkedHashMap<>();
        context.queryParams().forEach(entry -> parameters.put(entry.getKey(), entry.getValue()));
        parameters.putAll(context.pathParams());
        var body = context.body().buffer();
        return new Reception.Arrival(
                parameters,
                Optional.ofNullable(context.request().getHeader("X-Auth-Token"))
                        .or(() ->
                                Optional.ofNullable(
                                        context.request().getHeader("X-Session-Token"))),
                Optional.ofNullable(context.request().getHeader("Content-Type")),
                body == null ? Buffer.buffer() : body);
    }

    private static void stream(
            RoutingContext context,
            java.util.function.Consumer<java.util.function.Consumer<Answer.Line>> writer) {
        HttpServerResponse response = context.response();
        response.setChunked(true).putHeader("Content-Type", "application/x-ndjson");
        if (context.request().method().equals(HttpMethod.HEAD)) {
            response.end();
            return;
        }
        response.writeHead();
        writer.accept(new LineWriter(context.vertx().getOrCreateContext(), response)::send);
        response.end();
    }

    private static void otherMethod(RoutingContext context, Collection<Operation> operations) {
        TreeSet<String> allowed = new TreeSet<>(List.of("OPTIONS"));
        operations.forEach(operation -> allowed.add(operation.method()));
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        context.put(ROUTE, operations.iterator().next().path());
        context.response().putHeader("Allow", String.join(", ", allowed));
        if (context.request().method().equals(HttpMethod.OPTIONS)) {
            context.response().setStatusCode(204).end();
            return;
        }
        answer(
                context,
                Problem.plain(
                        Problem.Code.METHOD_NOT_ALLOWED,
                        "the method is %s; allowed is %s"
                                .formatted(context.request().method(), allowed)));
    }

    private static void unknownPath(RoutingContext context) {
        answer(
                context,
                Problem.notFound(
                        "path", Objects.requireNonNullElse(context.request().path(), "*")));
    }

    /** What the HTTP library refuses before a handler sees it. */
    private void failed(RoutingContext context) {
        Throwable cause = context.failure();
        if (context.statusCode() == 413) {
            answer(context, Problem.bodyTooLarge(settings.bodyBytesMax()));
        } else if (context.statusCode() >= 400 && context.statusCode() < 500) {
            answer(
                    context,
                    Problem.plain(
                            Problem.Code.BAD_REQUEST,
                            context.statusCode(),
                            "the request cannot be understood"));
        } else if (cause instanceof IllegalArgumentException) {
            answer(
                    context,
                    Problem.plain(
                            Problem.Code.BAD_REQUEST,
                            "the request cannot be understood: " + cause.getMessage()));
        } else {
            LOG.error("a request failed unexpectedly", cause);
            answer(
                    context,
                    Problem.plain(
                            Problem.Code.INTERNAL_ERROR,
                            "an internal error occurred; see the log"));
        }
    }

    private static void answer(RoutingContext context, Problem problem) {
        end(context, problem.status(), JSON_TYPE, Json.bytes(problem.body()));
    }

    private static void end(RoutingContext context, int status, String type, byte[] body) {
        HttpServerResponse response = context.response();
        context.vertx()
                .runOnContext(_ -> {
                    if (!response.headWritten() && !response.closed()) {
                        response.setStatusCode(status)
                                .putHeader("Content-Type", type)
                                .end(Buffer.buffer(body));
                    }
                });
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
