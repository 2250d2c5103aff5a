package dev.dormouse.api;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Sends lines one by one from a thread that may block: a line is sent when the client has taken
 * those before it. A client that takes nothing for a minute is taken for gone.
 */
final class LineWriter {
    private static final int PATIENCE_SECONDS = 60;

    private final Context eventLoop;
    private final HttpServerResponse response;
    private final BooleanSupplier begin;

    /** Of the event loop only. */
    private boolean begun;

    /**
     * A writer that has not sent anything yet.
     *
     * @param begin run on the event loop before the first line; false means that the request has
     *     been answered otherwise
     */
    LineWriter(Context eventLoop, HttpServerResponse response, BooleanSupplier begin) {
        this.eventLoop = eventLoop;
        this.response = response;
        this.begin = begin;
    }

    /**
     * Blocks until the client has taken the line.
     *
     * @throws CancellationException when the client has left
     */
    void send(Answer.Line line) {
        Buffer text =
                switch (line) {
                    case Answer.Line.Entry(var json) ->
                            Buffer.buffer(Json.bytes(json)).appendString("\n");
                    case Answer.Line.Heartbeat() -> Buffer.buffer("\n");
                };
        CompletableFuture<Void> sent = new CompletableFuture<>();
        eventLoop.runOnContext(_ -> {
            if (response.closed() || !hasBegun()) {
                sent.completeExceptionally(new CancellationException("nobody reads"));
                return;
            }
            response.write(text)
                    .onComplete(done -> {
                        if (done.succeeded()) {
                            sent.complete(null);
                        } else {
                            sent.completeExceptionally(done.cause());
                        }
                    });
        });
        await(sent);
    }

    /** After the last line. */
    void end() {
        eventLoop.runOnContext(_ -> {
            if (!response.closed() && hasBegun()) {
                response.end();
            }
        });
    }

    private boolean hasBegun() {
        if (!begun) {
            begun = begin.getAsBoolean();
        }
        return begun;
    }

    private void await(CompletableFuture<Void> sent) {
        try {
            sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the client has left");
        } catch (TimeoutException e) {
            eventLoop.runOnContext(_ -> response.reset());
            throw new CancellationException("the client does not read");
        } catch (ExecutionException e) {
            throw new CancellationException("the client has left: " + e.getCause());
        }
    }
}
