package dev.dormouse.gateway;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.dormouse.eventloop.EventLoops;
import dev.dormouse.model.Route.Target;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A WebSocket server that echoes, and keeps how its sockets were closed. */
final class WebSocketPeer {
    private static final int LARGEST_MESSAGE = 2_000_000;

    final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
    private final Vertx vertx = Vertx.vertx(EventLoops.options(1));
    private final HttpServer server;

    WebSocketPeer() throws Exception {
        server =
                vertx.createHttpServer(
                                new HttpServerOptions()
                                        .setMaxWebSocketFrameSize(LARGEST_MESSAGE)
                                        .setMaxWebSocketMessageSize(LARGEST_MESSAGE))
                        .webSocketHandler(this::echo)
                        .listen(0, "127.0.0.1")
                        .await(10, SECONDS);
    }

    Target target() {
        return new Target("websocket", "127.0.0.1", server.actualPort());
    }

    private void echo(ServerWebSocket socket) {
        socket.closeHandler(_ -> closed.add((int) socket.closeStatusCode()));
        socket.binaryMessageHandler(socket::writeBinaryMessage);
        socket.textMessageHandler(message -> {
            if (message.equals("close")) {
                socket.close((short) 4000, "as you wish");
            } else {
                socket.writeTextMessage(message);
            }
        });
        String query = socket.query();
        socket.writeTextMessage("hello at " + socket.path() + (query == null ? "" : "?" + query));
    }

    void close() throws Exception {
        vertx.close().await(10, SECONDS);
    }
}
