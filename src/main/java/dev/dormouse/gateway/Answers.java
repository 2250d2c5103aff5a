package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Redirect;
import dev.dormouse.gateway.Passage.Refusal;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;

/** Writes what the gateway answers by itself. The future ends when the answer is on its way. */
final class Answers {
    private static final String RETRY_AFTER_SECONDS = "1";

    private Answers() {}

    static Future<Void> refuse(Exchange exchange, Refusal refusal) {
        HttpServerRequest request = exchange.request();
        Cause cause = refusal.cause();
        if (Headers.isGrpc(request.headers())) {
            return grpc(exchange, cause.status(), refusal.words());
        }
        HttpServerResponse response = begin(exchange, cause.status());
        switch (cause) {
            case QUEUE_FULL, UNAVAILABLE -> response.putHeader("Retry-After", RETRY_AFTER_SECONDS);
            case UPGRADE_REQUIRED ->
                    response.putHeader("Upgrade", "HTTP/1.1")
                            .putHeader("Connection", "Upgrade, close");
            // What follows on the connection cannot be trusted to be a request.
            case INVALID_REQUEST -> endConnection(request);
            case REQUEST_LINE_TOO_LONG,
                    HEADERS_TOO_LARGE,
                    PERMISSION_DENIED,
                    UNKNOWN_HOST,
                    INSTANCE_FAILED,
                    INSTANCE_UNREACHABLE,
                    TIMEOUT -> {}
        }
        if (Headers.wantsText(request.getHeader("Accept"))) {
            return end(
                    response,
                    "text/plain; charset=utf-8",
                    refusal.words()
                            + "\n("
                            + cause.type()
                            + ", request "
                            + exchange.requestId()
                            + ")\n");
        }
        return end(
                response,
                "application/json",
                new JsonObject()
                        .put("message", refusal.words())
                        .put("type", cause.type())
                        .put("request_id", exchange.requestId())
                        .encode());
    }

    static Future<Void> redirect(Exchange exchange, Redirect redirect) {
        String words = "This container answers to HTTPS only: " + redirect.location();
        if (Headers.isGrpc(exchange.request().headers())) {
            return grpc(exchange, redirect.status(), words);
        }
        HttpServerResponse response = begin(exchange, redirect.status());
        response.putHeader("Location", redirect.location());
        return end(response, "text/plain; charset=utf-8", words + "\n");
    }

    /** Nothing but a status. */
    static Future<Void> fixed(Exchange exchange, int status) {
        HttpServerResponse response = begin(exchange, status);
        if (status != HttpResponseStatus.NO_CONTENT.code()) {
            response.putHeader("Content-Length", "0");
        }
        return response.end();
    }

    /** What an instance may have said before it failed is taken back. */
    private static HttpServerResponse begin(Exchange exchange, int status) {
        HttpServerRequest request = exchange.request();
        HttpServerResponse response = request.response();
        response.headers().clear();
        response.setStatusCode(status)
                .setStatusMessage(HttpResponseStatus.valueOf(status).reasonPhrase());
        exchange.sign(response.headers());
        if (Headers.announceBody(request.headers()) && request.headers().contains("Expect")) {
            endConnection(request);
        }
        return response;
    }

    /** In HTTP/2 only the stream ends, by itself. */
    private static void endConnection(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            request.response().putHeader("Connection", "close");
        }
    }

    /** A head that is all there is, in which gRPC looks for what else stands in trailers. */
    private static Future<Void> grpc(Exchange exchange, int status, String words) {
        return begin(exchange, 200)
                .putHeader("Content-Type", "application/grpc")
                .putHeader(Grpc.STATUS, Integer.toString(Grpc.status(status)))
                .putHeader(Grpc.MESSAGE, Grpc.message(words))
                .end();
    }

    private static Future<Void> end(HttpServerResponse response, String type, String body) {
        Buffer bytes = Buffer.buffer(body);
        return response.putHeader("Content-Type", type)
                .putHeader("Content-Length", Integer.toString(bytes.length()))
                .end(bytes);
    }
}
