package dev.dormouse.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one client's connection before Vert.x hears of them: headers that would be another
 * request in HTTP/1.1 are refused, floods of frames that cost us and not the client end the
 * connection, and what Vert.x does not tell of a request is kept while it is handed over. A request
 * for a WebSocket (RFC 8441), which Vert.x does not know, becomes a GET.
 */
final class Http2Frames extends Http2FrameListenerDecorator {
    /** Of pings, settings and priorities in a second; what measures bandwidth sends hundreds. */
    private static final int CONTROL_FRAMES_MOST = 1000;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final CharSequence PROTOCOL = Http2Headers.PseudoHeaderName.PROTOCOL.value();

    private final LongSupplier nanos;
    private long secondBegan;
    private int controlFrames;
    private boolean hasBody;
    private boolean isWebSocket;
    private boolean greeted;
    private @Nullable Runnable waiting;
    private final Trailers<Long> trailers = new Trailers<>(new HashMap<>());

    private Http2Frames(Http2FrameListener listener, LongSupplier nanos) {
        super(listener);
        this.nanos = nanos;
        this.secondBegan = nanos.getAsLong();
    }

    static Http2Frames watch(Http2ConnectionHandler connection, LongSupplier nanos) {
        Http2Frames frames = new Http2Frames(connection.decoder().frameListener(), nanos);
        connection.decoder().frameListener(frames);
        return frames;
    }

    /**
     * Whether the request that is being handed over has a body. The one with which a connection was
     * upgraded does not come in frames, and has none (see {@link StrictRequestDecoder}).
     */
    boolean hasBody() {
        return hasBody;
    }

    /**
     * Runs it once the client has sent frames. The request with which a connection was upgraded
     * comes before them, and curl gives up if more of its answer than it has a buffer for comes
     * along with the upgrade itself.
     */
    void whenGreeted(Runnable what) {
        if (greeted) {
            what.run();
        } else {
            waiting = what;
        }
    }

    /** Whether the request that is being handed over asks for a WebSocket. */
    boolean isWebSocket() {
        return isWebSocket;
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int stream,
            Http2Headers headers,
            int padding,
            boolean end)
            throws Http2Exception {
        begin(stream, headers, end);
        super.onHeadersRead(context, stream, headers, padding, end);
        ended();
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int stream,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean end)
            throws Http2Exception {
        begin(stream, headers, end);
        super.onHeadersRead(context, stream, headers, dependency, weight, exclusive, padding, end);
        ended();
    }

    @Override
    public void onPriorityRead(
            ChannelHandlerContext context,
            int stream,
            int dependency,
            short weight,
            boolean exclusive)
            throws Http2Exception {
        count();
        super.onPriorityRead(context, stream, dependency, weight, exclusive);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
            throws Http2Exception {
        count();
        super.onSettingsRead(context, settings);
        greeted();
    }

    private void greeted() {
        greeted = true;
        Runnable next = waiting;
        waiting = null;
        if (next != null) {
            next.run();
        }
    }

    @Override
    public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
        count();
        super.onPingRead(context, data);
    }

    /** By the streams of their requests. */
    Trailers<Long> trailers() {
        return trailers;
    }

    private void begin(int stream, Http2Headers headers, boolean end) throws Http2Exception {
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            if (HttpHeaderValidationUtil.validateValidHeaderValue(header.getValue()) >= 0) {
                throw malformed(stream, "a header's value holds control characters");
            }
        }
        CharSequence method = headers.method();
        if (method == null && end) {
            keepTrailers(stream, headers);
        }
        if (method != null && HttpHeaderValidationUtil.validateToken(method) >= 0) {
            throw malformed(stream, "the method is no word");
        }
        greeted();
        hasBody = !end;
        isWebSocket = headers.contains(PROTOCOL);
        if (isWebSocket) {
            becomeGet(stream, headers, end);
        }
    }

    private void keepTrailers(int stream, Http2Headers headers) {
        MultiMap all = MultiMap.caseInsensitiveMultiMap();
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            if (!Http2Headers.PseudoHeaderName.hasPseudoHeaderFormat(header.getKey())) {
                all.add(header.getKey(), header.getValue());
            }
        }
        trailers.keep((long) stream, all);
    }

    private void becomeGet(int stream, Http2Headers headers, boolean end) throws Http2Exception {
        if (end
                || !"CONNECT".contentEquals(headers.method())
                || !"websocket".contentEquals(headers.get(PROTOCOL))) {
            throw malformed(stream, "no WebSocket is asked for");
        }
        headers.remove(PROTOCOL);
        headers.method("GET");
    }

    private void ended() {
        hasBody = false;
        isWebSocket = false;
    }

    private void count() throws Http2Exception {
        long now = nanos.getAsLong();
        if (now - secondBegan > SECOND) {
            secondBegan = now;
            controlFrames = 0;
        }
        if (++controlFrames > CONTROL_FRAMES_MOST) {
            throw Http2Exception.connectionError(
                    Http2Error.ENHANCE_YOUR_CALM, "too many control frames");
        }
    }

    private static Http2Exception malformed(int stream, String why) {
        return Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "%s", why);
    }
}
