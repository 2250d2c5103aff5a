package dev.dormouse.gateway;

import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.net.NetSocket;

/** A WebSocket: bytes both ways, unread, until either side ends. */
final class Tunnel {
    private Tunnel() {}

    static void open(Exchange exchange, HttpClientResponse answer) {
        NetSocket instance = answer.netSocket();
        instance.pause();
        Headers.copyAnswer(answer.headers(), exchange.request().response().headers());
        exchange.request()
                .response()
                .putHeader("Connection", "Upgrade")
                .putHeader("Upgrade", "websocket");
        exchange.request()
                .toNetSocket()
                .onSuccess(client -> join(exchange, client, instance))
                .onFailure(exchange::instanceFailed);
    }

    private static void join(Exchange exchange, NetSocket client, NetSocket instance) {
        exchange.tunnelled();
        client.closeHandler(_ -> {
            instance.close();
            exchange.tunnelEnded();
        });
        instance.closeHandler(_ -> {
            client.close();
            exchange.tunnelEnded();
        });
        client.pipeTo(instance);
        instance.pipeTo(client);
    }
}
