package dev.dormouse.api;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One request from its first byte to its answer's last: it takes a place among those that are
 * worked on, reads the body within its bound, watches the time, and leaves the place. Of the event
 * loop, but for {@link #answer}, which any thread may call; the first answer is the one that is
 * sent.
 */
final class Exchange {
    private static final String JSON_TYPE = "application/json";
    private static final String LINES_TYPE = "application/x-ndjson";
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE");

    private final RoutingContext context;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final ApiSettings settings;
    private final UUID id;
    private final Context eventLoop;
    private final long arrived = System.nanoTime();
    private final AtomicBoolean answered = new AtomicBoolean();

    private Buffer body = Buffer.buffer();
    private boolean isTooLarge;
    private boolean isWorking;
    private long timer;
    private String route = "none";
    private Runnable leave = () -> {};

    /**
     * A request that has just come.
     *
     * @param id the X-Request-Id of its answer
     */
    Exchange(RoutingContext context, ApiSettings settings, UUID id) {
        this.context = context;
        this.request = context.request();
        this.response = context.response();
        this.settings = settings;
        this.id = id;
        this.eventLoop = context.vertx().getOrCreateContext();
    }

    /**
     * Reads the body; goes on with the router when it is there, and answers when it cannot be had.
     *
     * @param room the places for requests that are worked on
     */
    void read(Semaphore room, ApiMetrics metrics) {
        response.putHeader("X-Request-Id", id.toString());
        if (!room.tryAcquire()) {
            request.handler(_ -> {});
            answer(Problem.tooManyRequests("too many requests are worked on at once"));
            return;
        }
        AtomicBoolean holds = new AtomicBoolean(true);
        leave =
                () -> {
                    if (holds.getAndSet(false)) {
                        room.release();
                    }
                };
        timer = context.vertx().setTimer(settings.requestTimeout().toMillis(), _ -> overdue());
        response.headersEndHandler(_ -> context.vertx().cancelTimer(timer));
        response.endHandler(_ -> {
            ended();
            metrics.answered(
                    route,
                    method(),
                    response.getStatusCode(),
                    Duration.ofNanos(System.nanoTime() - arrived));
        });
        response.closeHandler(_ -> {
            context.vertx().cancelTimer(timer);
            ended();
        });
        request.exceptionHandler(_ -> ended());
        request.handler(this::keep);
        request.endHandler(_ -> bodyRead());
    }

    private void keep(Buffer part) {
        if (body.length() + part.length() > settings.bodyBytesMax()) {
            isTooLarge = true;
            body = Buffer.buffer();
        }
        if (!isTooLarge) {
            body.appendBuffer(part);
        }
    }

    private void bodyRead() {
        if (isTooLarge) {
            answer(Problem.bodyTooLarge(settings.bodyBytesMax()));
        } else if (!answered.get()) {
            context.next();
        }
    }

    /** The place is left when nothing works for the request any more. */
    private void ended() {
        if (!isWorking) {
            leave.run();
        }
    }

    private void overdue() {
        if (request.isEnded()) {
            answer(
                    Problem.plain(
                            Problem.Code.UNAVAILABLE,
                            "the server did not finish in time; look whether it was done before you"
                                    + " try again"));
            return;
        }
        response.putHeader("Connection", "close");
        answer(Problem.plain(Problem.Code.REQUEST_TIMEOUT, "the request did not arrive in time"));
    }

    /** Which route it takes, for the metrics. */
    void takes(String template) {
        this.route = template;
    }

    UUID id() {
        return id;
    }

    /** The body, whole. */
    Buffer body() {
        return body;
    }

    /** Runs the work on a thread of its own, which is interrupted when the client leaves. */
    void work(ExecutorService threads, Runnable work) {
        isWorking = true;
        // A task that is cancelled before it begins never runs; its place is given back here.
        AtomicBoolean begun = new AtomicBoolean();
        Future<?> running =
                threads.submit(() -> {
                    if (begun.getAndSet(true)) {
                        return;
                    }
                    try {
                        work.run();
                    } finally {
                        leave.run();
                    }
                });
        response.closeHandler(_ -> {
            context.vertx().cancelTimer(timer);
            if (begun.getAndSet(true)) {
                running.cancel(true);
            } else {
                leave.run();
            }
        });
    }

    void answer(Problem problem) {
        answer(
                problem.status(),
                JSON_TYPE,
                Json.bytes(problem.body()),
                problem.retryAfterSeconds());
    }

    void answer(int status, String contentType, byte[] bytes) {
        answer(status, contentType, bytes, OptionalLong.empty());
    }

    private void answer(int status, String contentType, byte[] bytes, OptionalLong retryAfter) {
        eventLoop.runOnContext(_ -> {
            if (!answered.getAndSet(true) && !response.closed()) {
                retryAfter.ifPresent(
                        seconds -> response.putHeader("Retry-After", Long.toString(seconds)));
                response.setStatusCode(status)
                        .putHeader("Content-Type", contentType)
                        .putHeader("Content-Length", Integer.toString(bytes.length));
                boolean closes = response.headers().contains("Connection");
                var sent =
                        request.method().equals(HttpMethod.HEAD)
                                ? response.end()
                                : response.end(Buffer.buffer(bytes));
                if (closes) {
                    sent.onComplete(done -> request.connection().close());
                }
            }
        });
    }

    /**
     * Answers with lines, for as long as the writer runs; called on the work's thread. The head is
     * sent with the first line, so that a writer may still refuse before it.
     */
    void answerLines(Consumer<Consumer<Answer.Line>> writer) {
        if (request.method().equals(HttpMethod.HEAD)) {
            eventLoop.runOnContext(_ -> {
                answered.set(true);
                response.putHeader("Content-Type", LINES_TYPE).end();
            });
            return;
        }
        LineWriter lines = new LineWriter(eventLoop, response, this::beginLines);
        try {
            writer.accept(lines::send);
        } catch (CancellationException e) {
            lines.end();
            throw e;
        }
        lines.end();
    }

    /** Whether lines may still be answered; on the event loop. */
    private boolean beginLines() {
        if (answered.getAndSet(true)) {
            return false;
        }
        response.setChunked(true).putHeader("Content-Type", LINES_TYPE);
        return true;
    }

    private String method() {
        String name = request.method().name();
        return METHODS.contains(name) ? name : "other";
    }
}
