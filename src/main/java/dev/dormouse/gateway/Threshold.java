package dev.dormouse.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.impl.tcp.Http1xOrH2CHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection is until its first request or its HTTP/2 settings have been read, which must
 * not take for ever, however little is sent. Gives HTTP/1.1 our own decoder in place of Vert.x's,
 * which is not there before the first bytes have told the protocol and must not see more of them.
 */
final class Threshold extends ChannelInboundHandlerAdapter {
    private static final String DECODER = "httpDecoder";

    private final Http1ServerConfig http1;
    private final Duration patience;
    private @Nullable Future<?> expiry;
    private boolean isFirst = true;

    Threshold(Http1ServerConfig http1, Duration patience) {
        this.http1 = http1;
        this.patience = patience;
    }

    /** The connection is Vert.x's from now on. */
    static void crossed(ChannelPipeline pipeline) {
        Threshold threshold = pipeline.get(Threshold.class);
        if (threshold != null) {
            threshold.harden(pipeline);
            pipeline.remove(threshold);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        expiry =
                context.executor()
                        .schedule(
                                () -> {
                                    var _ = context.channel().close();
                                },
                                patience.toMillis(),
                                TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancel();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancel();
        context.fireChannelInactive();
    }

    /** A client that breaks off is no error of ours, worth no log; Vert.x would write one. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable why) {
        var _ = context.close();
    }

    /** Byte by byte until the protocol is told, which is the first byte that differs. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ChannelPipeline pipeline = context.pipeline();
        if (isFirst && isTold(pipeline)) {
            pipeline.addAfter(context.name(), null, new ProtocolOffer());
        }
        isFirst = false;
        if (!(message instanceof ByteBuf bytes) || isTold(pipeline)) {
            context.fireChannelRead(message);
            return;
        }
        try {
            while (bytes.isReadable() && !isTold(pipeline)) {
                context.fireChannelRead(bytes.readRetainedSlice(1));
            }
            harden(pipeline);
            if (bytes.isReadable()) {
                context.fireChannelRead(bytes.readRetainedSlice(bytes.readableBytes()));
            }
        } finally {
            bytes.release();
        }
    }

    /** True over TLS from the beginning, for there the handshake tells. */
    private static boolean isTold(ChannelPipeline pipeline) {
        return pipeline.get(Http1xOrH2CHandler.class) == null;
    }

    /** What the replaced decoder has been given is handed to the new one. */
    private void harden(ChannelPipeline pipeline) {
        if (pipeline.get(DECODER) != null && pipeline.get(StrictRequestDecoder.class) == null) {
            pipeline.replace(DECODER, DECODER, new StrictRequestDecoder(http1));
        }
    }

    private void cancel() {
        Future<?> due = expiry;
        expiry = null;
        if (due != null) {
            due.cancel(false);
        }
    }
}
