package dev.dormouse.api;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Sends lines one by one from a thread that may block: a line is sent when the client has taken
 * those before it.
 */
final class LineWriter {
    private final Context context;
    private final HttpServerResponse response;

    LineWriter(Context context, HttpServerResponse response) {
        this.context = context;
        this.response = response;
    }

    /**
     * Blocks until there is room for the next line.
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
        context.runOnContext(_ -> {
            if (response.closed()) {
                sent.completeExceptionally(new CancellationException("the client has left"));
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

    private static void await(CompletableFuture<Void> sent) {
        try {
            sent.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the client has left");
        } catch (ExecutionException e) {
            throw new CancellationException("the client has left: " + e.getCause());
        }
    }
}
