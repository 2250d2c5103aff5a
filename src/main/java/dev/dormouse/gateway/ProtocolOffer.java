package dev.dormouse.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a TLS client that names the protocols it speaks, none of which is spoken here (RFC 7301,
 * 3.2): BoringSSL's binding would choose none and go on. Nothing is encrypted yet, so the alert is
 * said in plain; any other client's hello is passed on as it came.
 */
final class ProtocolOffer extends SslClientHelloHandler<Boolean> {
    private static final Set<String> SPOKEN = Set.of("h2", "http/1.1");
    private static final int HELLO_BYTES_MAX = 32 << 10;

    /** Before the id of a session: a version, and what the client adds to the keys. */
    private static final int FIXED_BYTES = 34;

    private static final int ALPN = 16;

    /** A record with a fatal alert of TLS 1.2 and later: no_application_protocol. */
    private static final byte[] REFUSAL = {21, 3, 3, 0, 2, 2, 120};

    ProtocolOffer() {
        super(HELLO_BYTES_MAX);
    }

    @Override
    protected Future<Boolean> lookup(ChannelHandlerContext context, @Nullable ByteBuf hello) {
        return context.executor().newSucceededFuture(hello == null || mayBeMet(hello.slice()));
    }

    /** What cannot be read is for those behind to refuse. */
    private static boolean mayBeMet(ByteBuf hello) {
        try {
            hello.skipBytes(FIXED_BYTES);
            hello.skipBytes(hello.readUnsignedByte());
            hello.skipBytes(hello.readUnsignedShort());
            hello.skipBytes(hello.readUnsignedByte());
            ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
            while (extensions.isReadable()) {
                int type = extensions.readUnsignedShort();
                ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
                if (type == ALPN) {
                    return namesOneSpoken(extension.readSlice(extension.readUnsignedShort()));
                }
            }
            return true;
        } catch (IndexOutOfBoundsException e) {
            return true;
        }
    }

    private static boolean namesOneSpoken(ByteBuf names) {
        while (names.isReadable()) {
            int length = names.readUnsignedByte();
            if (SPOKEN.contains(
                    names.readCharSequence(length, StandardCharsets.US_ASCII).toString())) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected void onLookupComplete(ChannelHandlerContext context, Future<Boolean> mayBeMet) {
        if (mayBeMet.getNow()) {
            context.pipeline().remove(this);
        } else {
            context.writeAndFlush(Unpooled.wrappedBuffer(REFUSAL))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }
}
