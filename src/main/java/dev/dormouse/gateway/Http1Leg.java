package dev.dormouse.gateway;

import dev.dormouse.model.Route.Target;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.headers.HeadersAdaptor;
import io.vertx.core.http.impl.headers.Http1xHeaders;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/1.1 to an instance, which carries one request after another. It stands right
 * behind the codec, because of what the library's client costs (decision 0020).
 */
final class Http1Leg extends ChannelInboundHandlerAdapter implements Leg {
    private static final Set<HttpVersion> VERSIONS =
            Set.of(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);
    private static final String KEEP_ALIVE = "Keep-Alive";
    private static final Pattern TIMEOUT = Pattern.compile("timeout=(\\d{1,9})");

    private final Target target;
    private final ContextInternal context;
    private final Consumer<Http1Leg> whenFree;
    private final Consumer<Http1Leg> whenClosed;
    private final Channel channel;
    private final AnswerDecoder decoder;

    private Http1xHeaders headers = Http1xHeaders.httpHeaders();
    private @Nullable Receiver receiver;
    private boolean sent;
    private boolean chunked;

    /** What ended the answer; told once it is known that nothing follows on it. */
    private @Nullable LastHttpContent last;

    private boolean interim;
    private boolean keeps;
    private boolean flushes;
    private boolean rested;
    private long restsUntil;
    private long offeredNanos = Long.MAX_VALUE;

    /**
     * @param whenFree told after each request that leaves the connection fit for another
     * @param whenClosed told once
     */
    Http1Leg(
            Target target,
            Channel channel,
            AnswerDecoder decoder,
            ContextInternal context,
            Consumer<Http1Leg> whenFree,
            Consumer<Http1Leg> whenClosed) {
        this.target = target;
        this.channel = channel;
        this.decoder = decoder;
        this.context = context;
        this.whenFree = whenFree;
        this.whenClosed = whenClosed;
    }

    Target target() {
        return target;
    }

    boolean isOpen() {
        return channel.isActive();
    }

    /** Until when another request may have it, if none had it before. */
    long restsUntil() {
        return restsUntil;
    }

    /**
     * @param mostNanos how long it may rest at most; the instance may have offered less
     */
    void rest(long now, long mostNanos) {
        rested = true;
        restsUntil = now + Math.min(mostNanos, offeredNanos);
    }

    void close() {
        receiver = null;
        var _ = channel.close();
    }

    @Override
    public MultiMap headers() {
        return headers;
    }

    @Override
    public boolean isUsed() {
        return rested;
    }

    @Override
    public boolean isLeft() {
        return Instances.isLeft(channel);
    }

    @Override
    public boolean isOver() {
        return TcpState.isOver(channel);
    }

    @Override
    public void send(HttpMethod method, String path, boolean hasBody, Receiver to) {
        receiver = to;
        decoder.expect(HttpMethod.HEAD.equals(method));
        sent = !hasBody;
        Http1xHeaders head = headers;
        headers = Http1xHeaders.httpHeaders();
        if (hasBody) {
            chunked = !head.contains(HttpHeaderNames.CONTENT_LENGTH);
            if (chunked) {
                head.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            write(
                    new DefaultHttpRequest(
                            HttpVersion.HTTP_1_1, method.toNetty(), path, (HttpHeaders) head));
        } else {
            var _ =
                    channel.writeAndFlush(
                            new DefaultFullHttpRequest(
                                    HttpVersion.HTTP_1_1,
                                    method.toNetty(),
                                    path,
                                    Unpooled.EMPTY_BUFFER,
                                    head,
                                    EmptyHttpHeaders.INSTANCE),
                            channel.voidPromise());
        }
    }

    @Override
    public void write(Buffer piece) {
        write(new DefaultHttpContent(((BufferInternal) piece).getByteBuf()));
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void end(MultiMap trailers) {
        if (!chunked || trailers.isEmpty()) {
            write(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            DefaultLastHttpContent end = new DefaultLastHttpContent();
            Headers.copyTrailers(trailers, new HeadersAdaptor(end.trailingHeaders()));
            write(end);
        }
        sent = true;
    }

    /** What is written one after another goes out together. */
    private void write(HttpObject what) {
        var _ = channel.write(what, channel.voidPromise());
        if (!flushes) {
            flushes = true;
            channel.eventLoop()
                    .execute(() -> {
                        flushes = false;
                        channel.flush();
                    });
        }
    }

    @Override
    public void pause() {
        if (receiver != null) {
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void resume() {
        channel.config().setAutoRead(true);
    }

    @Override
    public void cut(long code) {
        close();
    }

    @Override
    public void channelRead(ChannelHandlerContext netty, Object message) {
        ContextInternal before = context.beginDispatch();
        try {
            if (message instanceof HttpObject part) {
                read(part);
            } else {
                ReferenceCountUtil.release(message);
                fail(null); // of a protocol that nobody asked for
            }
        } finally {
            context.endDispatch(before);
        }
    }

    private void read(HttpObject message) {
        Receiver to = receiver;
        if (last != null) {
            keeps = false;
            ReferenceCountUtil.release(message);
        } else if (to == null || message.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            fail(message.decoderResult().cause());
        } else {
            if (message instanceof HttpResponse head) {
                read(head, to);
            }
            if (message instanceof HttpContent content) {
                read(content, to);
            }
        }
    }

    private void read(HttpResponse head, Receiver to) {
        if (!VERSIONS.contains(head.protocolVersion())) {
            fail(new ProtocolException("an answer of " + head.protocolVersion()));
            return;
        }
        HttpResponseStatus status = head.status();
        interim = isInterim(status);
        if (status.code() == HttpResponseStatus.CONTINUE.code()) {
            to.mayContinue();
        } else if (status.code() == HttpResponseStatus.EARLY_HINTS.code()) {
            to.hint((MultiMap) head.headers());
        } else if (!interim) {
            keeps = HttpUtil.isKeepAlive(head);
            offeredNanos = offered(head.headers().get(KEEP_ALIVE));
            to.answered(status.code(), status.reasonPhrase(), (MultiMap) head.headers());
        }
    }

    private static long offered(@Nullable String keepAlive) {
        Matcher timeout = keepAlive == null ? null : TIMEOUT.matcher(keepAlive);
        return timeout != null && timeout.find()
                ? Duration.ofSeconds(Long.parseLong(timeout.group(1))).toNanos()
                : Long.MAX_VALUE;
    }

    /** Nobody asked for another protocol here. */
    private static boolean isInterim(HttpResponseStatus status) {
        return status.codeClass() == HttpStatusClass.INFORMATIONAL
                && status.code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
    }

    private void read(HttpContent content, Receiver to) {
        if (interim) {
            content.release();
            return;
        }
        if (content.content().isReadable()) {
            to.piece(BufferInternal.safeBuffer(content.content()));
        } else {
            content.release();
        }
        if (content instanceof LastHttpContent end && receiver != null) {
            last = end;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext netty) {
        Receiver to = receiver;
        LastHttpContent end = last;
        if (to == null) {
            if (decoder.hasRest()) {
                close();
            }
            return;
        }
        tell(() -> {
            if (end == null) {
                to.caughtUp();
            } else {
                complete(end, to);
            }
        });
    }

    /**
     * Before its request was sent wholly, whoever sends it has to see to the connection. Only now
     * another may have it: what else was read with this answer would be taken for the next one's.
     */
    private void complete(LastHttpContent end, Receiver to) {
        last = null;
        if (sent) {
            receiver = null;
            if (keeps && !decoder.hasRest()) {
                resume();
                whenFree.accept(this);
            } else {
                close();
            }
        }
        to.complete(new HeadersAdaptor(end.trailingHeaders()));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext netty) {
        Receiver to = receiver;
        if (to != null && !sent && channel.isWritable()) {
            tell(to::writable);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext netty) {
        whenClosed.accept(this);
        keeps = false;
        channelReadComplete(netty);
        fail(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext netty, Throwable cause) {
        fail(cause);
    }

    /** What comes without having been asked for, or is not understood, ends the connection. */
    private void fail(@Nullable Throwable why) {
        Receiver to = receiver;
        close();
        if (to != null) {
            tell(() -> to.failed(why == null ? new HttpClosedException("closed") : why));
        }
    }

    private void tell(Runnable what) {
        ContextInternal before = context.beginDispatch();
        try {
            what.run();
        } finally {
            context.endDispatch(before);
        }
    }
}
