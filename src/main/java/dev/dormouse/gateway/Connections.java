package dev.dormouse.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The clients' connections of one event loop: ends those that have been idle for too long. A
 * connection with a request in progress is never idle. For one thread.
 */
final class Connections {
    private static final class State {
        private int requests;
        private long idleSince;
        private boolean condemned;
        private @Nullable Http2Frames frames;
        private @Nullable HalfClose halfClose;
    }

    private final Map<HttpConnection, State> states = new HashMap<>();

    void opened(HttpConnection connection, LongSupplier nanos) {
        State state = new State();
        state.idleSince = nanos.getAsLong();
        if (connection instanceof ConnectionBase internal) {
            ChannelHandlerContext context = internal.channelHandlerContext();
            Threshold.crossed(context.pipeline());
            if (context.handler() instanceof Http2ConnectionHandler http2) {
                state.frames = Http2Frames.watch(http2, nanos);
            } else if (!connection.isSsl()) {
                state.halfClose = HalfClose.allow(context.pipeline());
            }
        }
        states.put(connection, state);
        connection.closeHandler(_ -> states.remove(connection));
        connection.exceptionHandler(_ -> {}); // what clients do is no error of ours, worth no log
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    /** What HTTP/2 says of the request that is being handed over; null in HTTP/1.1. */
    @Nullable Http2Frames frames(HttpConnection connection) {
        State state = states.get(connection);
        return state == null ? null : state.frames;
    }

    /** What followed the body of a request that has been read to its end; once. */
    MultiMap trailers(HttpServerRequest request) {
        Http2Frames frames = frames(request.connection());
        if (frames != null) {
            return frames.trailers().take(request.streamId());
        }
        StrictRequestDecoder decoder = decoder(request);
        return decoder == null ? Trailers.NONE : decoder.trailers().take(request.headers());
    }

    private void forgetTrailers(HttpServerRequest request) {
        Http2Frames frames = frames(request.connection());
        if (frames != null) {
            frames.trailers().forget(request.streamId());
            return;
        }
        StrictRequestDecoder decoder = decoder(request);
        if (decoder != null) {
            decoder.trailers().forget(request.headers());
        }
    }

    private static @Nullable StrictRequestDecoder decoder(HttpServerRequest request) {
        return request.connection() instanceof ConnectionBase internal
                ? internal.channelHandlerContext().pipeline().get(StrictRequestDecoder.class)
                : null;
    }

    void requestBegan(Exchange exchange) {
        State state = states.get(exchange.request().connection());
        if (state != null) {
            state.requests++;
            if (state.frames != null && exchange.hasBody()) {
                state.frames.trailers().expect(exchange.request().streamId());
            }
            if (state.halfClose != null) {
                state.halfClose.began(exchange);
            }
        }
    }

    void requestEnded(Exchange exchange, long now) {
        if (exchange.hasBody()) {
            forgetTrailers(exchange.request());
        }
        State state = states.get(exchange.request().connection());
        if (state != null) {
            state.requests--;
            state.idleSince = now;
            if (state.halfClose != null) {
                state.halfClose.ended();
            }
        }
    }

    /** Whether the client, which would send no more, does not listen either. */
    boolean isGone(HttpConnection connection, long now) {
        State state = states.get(connection);
        return state != null && state.halfClose != null && state.halfClose.isGone(now);
    }

    /** Whether the client has reset the connection, though no event told of it. */
    static boolean isReset(HttpConnection connection) {
        return connection instanceof ConnectionBase internal && TcpState.isOver(internal.channel());
    }

    /** What else has been read from the connection is no request, whatever it looks like. */
    void condemn(HttpConnection connection) {
        State state = states.get(connection);
        if (state != null) {
            state.condemned = true;
        }
    }

    boolean isCondemned(HttpConnection connection) {
        State state = states.get(connection);
        return state != null && state.condemned;
    }

    void closeIdle(long now, long mostNanos) {
        List<HttpConnection> idle = new ArrayList<>();
        states.forEach((connection, state) -> {
            if (state.requests == 0 && now - state.idleSince > mostNanos) {
                idle.add(connection);
            }
        });
        idle.forEach(HttpConnection::close);
    }

    int open() {
        return states.size();
    }

    /**
     * Closes without waiting for what is still to be written: {@link HttpConnection#close} would
     * wait for a client that does not read.
     */
    static void cut(HttpConnection connection) {
        if (connection instanceof ConnectionBase internal) {
            var _ = internal.channelHandlerContext().close();
        } else {
            connection.close();
        }
    }
}
