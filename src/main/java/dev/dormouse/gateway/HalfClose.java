package dev.dormouse.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.unix.UnixChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a connection of HTTP/1.1 whose client sends no more. It may wait for its answer,
 * or be gone: TCP says the same of both. So it is asked, with an interim answer: every client of
 * HTTP/1.1 passes over it (RFC 9110, 15.2), and for one that is gone its kernel says so. In the
 * middle of an answer it cannot be asked; there the answer itself does that, while it goes on.
 */
final class HalfClose extends ChannelInboundHandlerAdapter {
    /** How long an answer may stand still before its client, which was not asked, has left. */
    private static final long STANDSTILL_NANOS = Duration.ofSeconds(1).toNanos();

    private static final ByteBuf ARE_YOU_THERE =
            Unpooled.unreleasableBuffer(
                    Unpooled.copiedBuffer(
                                    "HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII)
                            .asReadOnly());

    private final UnixChannel channel;
    private @Nullable Exchange exchange;
    private int begun;
    private int underWay;
    private boolean halfClosed;
    private boolean asked;
    private long written = -1;
    private long roomBefore = -1;
    private long writtenAt;

    private HalfClose(UnixChannel channel) {
        this.channel = channel;
    }

    /** Null where the transport cannot tell of it: there a client that sends no more has left. */
    static @Nullable HalfClose allow(ChannelPipeline pipeline) {
        if (!(pipeline.channel() instanceof UnixChannel channel)) {
            return null;
        }
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        HalfClose allowed = new HalfClose(channel);
        pipeline.addFirst(allowed);
        return allowed;
    }

    void began(Exchange next) {
        exchange = next;
        begun++;
        underWay++;
    }

    /**
     * After the last of the requests that came together nothing is left to do. The next may begin
     * before the last bytes of the one before are written, or after.
     */
    void ended() {
        underWay--;
        if (underWay > 0) {
            return;
        }
        exchange = null;
        StrictRequestDecoder decoder = channel.pipeline().get(StrictRequestDecoder.class);
        if (halfClosed && (decoder == null || decoder.heads() == begun)) {
            var _ = channel.close();
        }
    }

    /** Whether the client of a half-closed connection is gone. Costs a system call there. */
    boolean isGone(long now) {
        return halfClosed && (!TcpState.isHalfClosed(channel) || (!asked && isStill(now)));
    }

    private boolean isStill(long now) {
        Exchange current = exchange;
        long room = channel.bytesBeforeUnwritable();
        if (current != null
                && (written != current.bytesOut() || roomBefore != room || !channel.isWritable())) {
            written = current.bytesOut();
            roomBefore = room;
            writtenAt = now;
        }
        return now - writtenAt > STANDSTILL_NANOS;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            Exchange current = exchange;
            if (current == null || !isAllSaid(current)) {
                var _ = context.close();
                return;
            }
            halfClosed = true;
            asked = !current.request().response().headWritten();
            if (asked) {
                var _ = context.writeAndFlush(ARE_YOU_THERE.duplicate());
            }
        } else if (event != ChannelInputShutdownReadComplete.INSTANCE) {
            context.fireUserEventTriggered(event);
        }
    }

    private boolean isAllSaid(Exchange current) {
        StrictRequestDecoder decoder = channel.pipeline().get(StrictRequestDecoder.class);
        return !current.isWebSocket() && decoder != null && decoder.isBetweenRequests();
    }
}
