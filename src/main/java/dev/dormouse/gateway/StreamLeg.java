package dev.dormouse.gateway;

import dev.dormouse.model.Protocol;
import io.vertx.core.AsyncResult;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** By the HTTP client of the library: a stream of HTTP/2, or an upgrade to a WebSocket. */
final class StreamLeg implements Leg {
    private static final int SWITCHING_PROTOCOLS = 101;

    private final HttpClientRequest request;
    private final Protocol protocol;
    private final boolean used;
    private final Executor afterRead;
    private @Nullable HttpClientResponse answer;
    private boolean ended;

    /**
     * @param afterRead runs what is to follow on what has been read until then
     */
    StreamLeg(HttpClientRequest request, Protocol protocol, boolean used, Executor afterRead) {
        this.request = request;
        this.protocol = protocol;
        this.used = used;
        this.afterRead = afterRead;
        request.exceptionHandler(_ -> {}); // the answer's future tells the same
    }

    @Override
    public MultiMap headers() {
        return request.headers();
    }

    @Override
    public boolean isUsed() {
        return used;
    }

    @Override
    public boolean isLeft() {
        return Instances.isLeft(request.connection());
    }

    @Override
    public boolean isOver() {
        return Instances.isOver(request.connection());
    }

    @Override
    public void send(HttpMethod method, String path, boolean hasBody, Receiver receiver) {
        begin(method, path);
        request.earlyHintsHandler(receiver::hint)
                .continueHandler(_ -> receiver.mayContinue())
                .drainHandler(_ -> receiver.writable());
        request.response().onComplete(result -> answered(result, receiver));
        if (hasBody) {
            request.setChunked(!request.headers().contains("Content-Length"));
            request.writeHead();
        } else {
            request.end();
        }
    }

    /** Asks for a WebSocket; once that is granted, {@link #socket} is its connection. */
    void upgrade(HttpMethod method, String path, Receiver receiver) {
        begin(method, path);
        request.connect().onComplete(result -> answered(result, receiver));
    }

    NetSocket socket() {
        HttpClientResponse granted = answer;
        if (granted == null) {
            throw new IllegalStateException("nothing was granted yet");
        }
        return granted.netSocket();
    }

    private void begin(HttpMethod method, String path) {
        request.setMethod(method).setURI(path);
        if (protocol == Protocol.H2C) {
            request.authority(HostAndPort.parseAuthority(headers().get("Host"), -1));
            headers().remove("Host");
        }
    }

    private void answered(AsyncResult<HttpClientResponse> result, Receiver receiver) {
        if (result.failed()) {
            receiver.failed(result.cause());
            return;
        }
        HttpClientResponse response = result.result();
        answer = response;
        response.exceptionHandler(receiver::failed);
        if (response.statusCode() != SWITCHING_PROTOCOLS) {
            response.handler(receiver::piece);
            response.endHandler(_ -> {
                ended = true;
                receiver.complete(response.trailers());
            });
            afterRead.execute(() -> {
                if (!ended) {
                    receiver.caughtUp();
                }
            });
        }
        receiver.answered(response.statusCode(), response.statusMessage(), response.headers());
    }

    @Override
    public void write(Buffer piece) {
        request.write(piece);
    }

    @Override
    public boolean isWritable() {
        return !request.writeQueueFull();
    }

    /** The library has no way to send trailers. */
    @Override
    public void end(MultiMap trailers) {
        request.end();
    }

    @Override
    public void pause() {
        HttpClientResponse from = answer;
        if (from != null) {
            from.pause();
        }
    }

    @Override
    public void resume() {
        HttpClientResponse from = answer;
        if (from != null) {
            from.resume();
        }
    }

    @Override
    public void cut(long code) {
        request.reset(code);
    }
}
