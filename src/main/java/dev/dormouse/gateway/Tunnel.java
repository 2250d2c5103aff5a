package dev.dormouse.gateway;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.NetSocket;
import java.time.Duration;

/**
 * A WebSocket: bytes both ways, until either side ends. What the instance says is followed frame by
 * frame, so that a client can be told that the other side goes away before it is cut off.
 */
final class Tunnel {
    /** How long a client that was told may take to say goodbye. */
    static final Duration GOODBYE = Duration.ofMillis(400);

    /** How long the end of a frame and the goodbye after it are waited for. */
    static final Duration LAST_FRAME = Duration.ofSeconds(1);

    private final Exchange exchange;
    private final NetSocket client;
    private final NetSocket instance;
    private final WebSocketFrames said = new WebSocketFrames();
    private long bytesFromClient;
    private long bytesFromInstance;
    private boolean leaving;
    private boolean told;
    private boolean ended;

    private Tunnel(Exchange exchange, NetSocket client, NetSocket instance) {
        this.exchange = exchange;
        this.client = client;
        this.instance = instance;
    }

    /**
     * @param headers of the instance's consent
     */
    static void open(Exchange exchange, MultiMap headers, NetSocket instance) {
        instance.pause();
        HttpServerResponse response = exchange.request().response();
        Headers.copyAnswer(headers, response.headers());
        if (exchange.isHttp2()) {
            response.headers().remove("Sec-WebSocket-Accept");
        } else {
            response.putHeader("Connection", "Upgrade").putHeader("Upgrade", "websocket");
        }
        exchange.request()
                .toNetSocket()
                .onSuccess(client -> new Tunnel(exchange, client, instance).join())
                .onFailure(exchange::instanceFailed);
    }

    private void join() {
        exchange.tunnelled(this);
        client.shutdownHandler(
                _ -> {}); // the server waits for requests, and for this like for them
        client.closeHandler(_ -> end());
        client.exceptionHandler(_ -> {}); // its end is told as well
        instance.closeHandler(_ -> instanceEnded());
        instance.exceptionHandler(_ -> {});
        instance.handler(this::fromInstance);
        instance.drainHandler(_ -> client.resume());
        client.drainHandler(_ -> instance.resume());
        client.handler(this::fromClient);
        client.resume();
        instance.resume();
    }

    /** Tells the client, as soon as no frame is half sent, that this ends here. */
    void leave() {
        leaving = true;
        if (said.isBetween()) {
            tell();
        }
    }

    boolean isLeaving() {
        return leaving;
    }

    long bytesFromClient() {
        return bytesFromClient;
    }

    long bytesFromInstance() {
        return bytesFromInstance;
    }

    private void fromClient(Buffer bytes) {
        if (ended) {
            return;
        }
        bytesFromClient += bytes.length();
        instance.write(bytes);
        if (instance.writeQueueFull()) {
            client.pause();
        }
    }

    private void fromInstance(Buffer bytes) {
        if (ended || told) {
            return;
        }
        bytesFromInstance += bytes.length();
        if (leaving) {
            int end = said.passToEnd(bytes);
            client.write(end < 0 ? bytes : bytes.slice(0, end));
            if (end >= 0) {
                tell();
            }
            return;
        }
        said.pass(bytes);
        client.write(bytes);
        if (client.writeQueueFull()) {
            instance.pause();
        }
    }

    private void tell() {
        if (!told && !said.isClosed() && !ended) {
            told = true;
            client.write(WebSocketFrames.GOING_AWAY);
            exchange.afterGoodbye(this::end);
        }
    }

    /** One that was replaced is stopped with its sockets open; whoever is on them is told. */
    private void instanceEnded() {
        if (!ended && !told && exchange.isInstanceLeaving() && said.isBetween()) {
            tell();
        }
        if (!told) {
            end();
        }
    }

    /** Both sides. The client's goodbye has been passed on to the instance like all it says. */
    void end() {
        if (!ended) {
            ended = true;
            client.shutdownHandler(null);
            client.close();
            instance.close();
            exchange.tunnelEnded();
        }
    }
}
