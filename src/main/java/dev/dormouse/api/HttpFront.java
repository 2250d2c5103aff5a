package dev.dormouse.api;

import dev.dormouse.auth.NewKey;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
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
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
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
    private static final String EXCHANGE = "dormouse.exchange";
    private static final Pattern ENCODED = Pattern.compile("(?:[^%]++|%[0-9a-fA-F]{2})*+");
    private static final String REQUEST_ID = "X-Request-Id";

    private final Reception reception;
    private final Handlers handlers;
    private final ApiMetrics metrics;
    private final ApiSettings settings;
    private final RandomGenerator random;
    private final Semaphore room;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * A front that does not listen yet.
     *
     * @param random makes the ids of requests
     */
    HttpFront(
            Reception reception,
            Handlers handlers,
            ApiMetrics metrics,
            ApiSettings settings,
            RandomGenerator random) {
        this.reception = reception;
        this.handlers = handlers;
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

    /** What is no HTTP, or has a head larger than any that is read. */
    void refuse(HttpServerRequest request) {
        byte[] body =
                Json.bytes(
                        Problem.plain(
                                        Problem.Code.BAD_REQUEST,
                                        "the request is no HTTP, or its head is too large, or its path or query is not percent-encoded")
                                .body());
        request.response()
                .setStatusCode(Problem.Code.BAD_REQUEST.status())
                .putHeader(REQUEST_ID, NewKey.randomUuid(random).toString())
                .putHeader("Content-Type", JSON_TYPE)
                .putHeader("Connection", "close")
                .end(Buffer.buffer(body))
                .onComplete(_ -> request.connection().close());
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
        try {
            Request request = reception.receive(operation, arrival);
            switch (handlers.of(operation).handle(request)) {
                case Answer.Document(var json) -> exchange.answer(200, JSON_TYPE, Json.bytes(json));
                case Answer.Text(String type, String text) ->
                        exchange.answer(200, type, text.getBytes(StandardCharsets.UTF_8));
                case Answer.Lines(var writer) -> exchange.answerLines(writer);
            }
        } catch (Problem problem) {
            exchange.answer(problem);
        } catch (CancellationException e) {
            LOG.debug("a reader of lines has left", e);
        } catch (RuntimeException e) {
            LOG.error(
                    "a request failed unexpectedly operation={} request_id={}",
                    operation.id(),
                    exchange.id(),
                    e);
            exchange.answer(Failure.toProblem(e));
        }
    }

    private static Reception.Arrival arrival(RoutingContext context, Exchange exchange) {
        Map<String, String> parameters = new LinkedHashMap<>();
        context.queryParams().forEach(entry -> parameters.put(entry.getKey(), entry.getValue()));
        parameters.putAll(context.pathParams());
        return new Reception.Arrival(
                parameters,
                Optional.ofNullable(context.request().getHeader("X-Auth-Token"))
                        .or(() ->
                                Optional.ofNullable(
                                        context.request().getHeader("X-Session-Token"))),
                Optional.ofNullable(context.request().getHeader("Content-Type")),
                exchange.body());
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
            LOG.error("a request failed unexpectedly", cause);
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
