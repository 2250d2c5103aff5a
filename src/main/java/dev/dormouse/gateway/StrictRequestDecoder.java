package dev.dormouse.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.impl.headers.HeadersAdaptor;
import io.vertx.core.http.impl.http1.VertxHttpRequestDecoder;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what others would read differently, where the decoder that it extends mends it: a length
 * beside chunks (RFC 9112, 6.1), lines folded into one (5.2), headers without a name. A connection
 * is not upgraded to HTTP/2 with a request that has a body: whether that is still to come, and in
 * which protocol, clients do not agree.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {
    private static final byte LINE_FEED = '\n';

    private boolean isFirst = true;
    private boolean inHead = true;
    private int heads;
    private boolean afterLineFeed;
    private boolean folded;
    private final Trailers<Object> trailers = new Trailers<>(new IdentityHashMap<>(1));
    private @Nullable HttpHeaders head;

    StrictRequestDecoder(Http1ServerConfig config) {
        super(config);
    }

    /** By the headers of their requests. */
    Trailers<Object> trailers() {
        return trailers;
    }

    /** How many heads have been read. */
    int heads() {
        return heads;
    }

    /** Whether the last request, if there was one, has been read to the end of its body. */
    boolean isBetweenRequests() {
        return inHead;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("Content-Length and Transfer-Encoding together");
    }

    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (length == 0) {
            throw new IllegalArgumentException("a header has no name");
        }
        return super.splitHeaderName(line, start, length);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
            throws Exception {
        int from = buffer.readerIndex();
        int before = out.size();
        super.decode(context, buffer, out);
        if (inHead) {
            lookForFolds(buffer, from, buffer.readerIndex());
        }
        for (int i = before; i < out.size(); i++) {
            Object message = out.get(i);
            if (message instanceof HttpRequest request) {
                inHead = false;
                heads++;
                headEnded(request);
            } else if (message instanceof HttpContent content) {
                contentRead(context, content);
            }
        }
    }

    /** Vert.x ends the connection of a body that cannot be read, unless its request has to wait. */
    private void contentRead(ChannelHandlerContext context, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            context.executor()
                    .execute(() -> {
                        var _ = context.channel().close();
                    });
        } else if (content instanceof LastHttpContent last) {
            inHead = true;
            afterLineFeed = false;
            if (head != null && !last.trailingHeaders().isEmpty()) {
                trailers.keep(head, new HeadersAdaptor(last.trailingHeaders()));
            }
            head = null;
        }
    }

    private void headEnded(HttpRequest request) {
        head = request.headers();
        if (head.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            trailers.expect(head);
        }
        if (isFirst && hasBody(request.headers())) {
            request.headers().remove(HttpHeaderNames.UPGRADE);
        }
        isFirst = false;
        if (folded && request.decoderResult().isSuccess()) {
            request.setDecoderResult(
                    DecoderResult.failure(
                            new IllegalArgumentException("a header is folded over lines")));
        }
        folded = false;
    }

    private static boolean hasBody(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || !"0".equals(headers.get(HttpHeaderNames.CONTENT_LENGTH, "0"));
    }

    private void lookForFolds(ByteBuf buffer, int from, int to) {
        int at = from;
        while (at < to) {
            if (afterLineFeed) {
                byte first = buffer.getByte(at);
                folded |= first == ' ' || first == '\t';
                afterLineFeed = false;
            }
            int next = buffer.indexOf(at, to, LINE_FEED);
            if (next < 0) {
                return;
            }
            afterLineFeed = true;
            at = next + 1;
        }
    }
}
