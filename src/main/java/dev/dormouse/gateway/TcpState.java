package dev.dormouse.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * How far the kernel of this machine has come with a TCP connection. No transport tells that both
 * ends are still there when nothing is read; each look costs a system call. Any thread.
 */
final class TcpState {
    // As Linux numbers what RFC 9293, 3.3.2 names.
    private static final int ESTABLISHED = 1;
    private static final int CLOSED = 7;
    private static final int CLOSE_WAIT = 8;

    /** For channels that cannot ask by themselves. To make it takes a tenth of a second. */
    @SuppressWarnings("restricted") // there is no other way to this call
    private static final class Call {
        private static final int IPPROTO_TCP = 6;
        private static final int TCP_INFO = 11;

        /** The caller's arrays are lent, not copied. */
        private static final MethodHandle GETSOCKOPT =
                Linker.nativeLinker()
                        .downcallHandle(
                                Linker.nativeLinker().defaultLookup().findOrThrow("getsockopt"),
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.ADDRESS),
                                Linker.Option.critical(true));

        private Call() {}

        /** The first byte of {@code struct tcp_info}. */
        static int state(int socket) {
            byte[] state = new byte[1];
            int[] length = {state.length};
            try {
                int failed =
                        (int)
                                GETSOCKOPT.invokeExact(
                                        socket,
                                        IPPROTO_TCP,
                                        TCP_INFO,
                                        MemorySegment.ofArray(state),
                                        MemorySegment.ofArray(length));
                return failed == 0 ? state[0] : CLOSED;
            } catch (Throwable impossible) {
                throw new LinkageError("getsockopt cannot be called", impossible);
            }
        }
    }

    private TcpState() {}

    /** To be called before an event loop asks about channels that cannot ask by themselves. */
    static void prepare() {
        int _ = Call.state(-1);
    }

    /** Whether both ends may still send; true where the kernel cannot be asked. */
    static boolean isOpen(Channel channel) {
        return !(channel instanceof UnixChannel unix) || of(unix) == ESTABLISHED;
    }

    /** Whether the peer has said that it sends no more, and has not said that it is gone. */
    static boolean isHalfClosed(UnixChannel channel) {
        return of(channel) == CLOSE_WAIT;
    }

    /** Whether nothing can come or go any more; false where the kernel cannot be asked. */
    static boolean isOver(Channel channel) {
        return channel instanceof UnixChannel unix && of(unix) == CLOSED;
    }

    private static int of(UnixChannel channel) {
        if (!channel.fd().isOpen()) { // its number may be another's by now
            return CLOSED;
        }
        try {
            return channel instanceof EpollSocketChannel epoll
                    ? epoll.tcpInfo().state()
                    : Call.state(channel.fd().intValue());
        } catch (ChannelException closed) {
            return CLOSED;
        }
    }
}
