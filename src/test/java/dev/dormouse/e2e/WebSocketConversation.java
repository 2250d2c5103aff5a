package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket over HTTP/1.1, by the JDK's client. */
final class WebSocketConversation implements Conversation, WebSocket.Listener {
    private static final int NORMAL = 1000;
    private static final long SECONDS_MAX = 20;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final WebSocket socket;
    private int messages;

    WebSocketConversation(DormouseProcess server, String host) {
        this.socket =
                server.http()
                        .newWebSocketBuilder()
                        .header("Host", host)
                        .buildAsync(
                                URI.create(
                                        "ws://127.0.0.1:%d/socket".formatted(server.gatewayPort())),
                                this)
                        .orTimeout(SECONDS_MAX, TimeUnit.SECONDS)
                        .join();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        heard.add(data.toString());
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        heard.add("closed " + code);
        return null;
    }

    @Override
    public void goOn() throws InterruptedException {
        String message = "message " + messages++;
        socket.sendText(message, true).join();
        assertThat(heard.poll(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo(message);
    }

    @Override
    public void end() throws InterruptedException {
        socket.sendClose(NORMAL, "").join();
        assertThat(heard.poll(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo("closed " + NORMAL);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
