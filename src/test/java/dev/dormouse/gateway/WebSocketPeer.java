package dev.dormouse.gateway;

import dev.dormouse.model.Route.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A WebSocket server that echoes, and keeps how its sockets were closed. */
final class WebSocketPeer extends WebSocketServer {
    final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
    private final CountDownLatch started = new CountDownLatch(1);

    WebSocketPeer() throws InterruptedException {
        super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        setReuseAddr(true);
        start();
        started.await(10, TimeUnit.SECONDS);
    }

    Target target() {
        return new Target("websocket", "127.0.0.1", getPort());
    }

    @Override
    public void onOpen(WebSocket socket, ClientHandshake handshake) {
        socket.send("hello at " + handshake.getResourceDescriptor());
    }

    @Override
    public void onMessage(WebSocket socket, String message) {
        if (message.equals("close")) {
            socket.close(4000, "as you wish");
        } else {
            socket.send(message);
        }
    }

    @Override
    public void onMessage(WebSocket socket, ByteBuffer message) {
        socket.send(message);
    }

    @Override
    public void onClose(WebSocket socket, int code, String reason, boolean remote) {
        closed.add(code);
    }

    @Override
    public void onError(WebSocket socket, Exception why) {
        // told as an end as well
    }

    @Override
    public void onStart() {
        started.countDown();
    }

    void close() throws InterruptedException {
        stop(1000);
    }
}
