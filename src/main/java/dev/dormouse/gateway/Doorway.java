package dev.dormouse.gateway;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.impl.transports.TransportInternal;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The best transport there is, with a doorkeeper before its servers. Vert.x shows a connection only
 * when its protocol is known; until then a client may hold it, and so it must be counted and
 * bounded from its first moment on.
 */
record Doorway(Transport under, ChannelHandler doorkeeper, boolean hasRings) implements Transport {
    /** How the transport of io_uring is called. */
    static final String RINGS = "io_uring";

    /**
     * Bytes to one client that may wait to be sent: two of the largest pieces, and what TLS adds.
     * io_uring sends only after the loop's turn; with the usual 64 KiB each piece would bring its
     * reading to a halt.
     */
    private static final WriteBufferWaterMark UNSENT =
            new WriteBufferWaterMark(128 * 1024, 256 * 1024);

    /**
     * @param transports in the order in which they are tried; one that is not to be had here is
     *     passed over
     */
    static io.vertx.core.transport.Transport with(
            Stream<io.vertx.core.transport.@Nullable Transport> transports,
            ChannelHandler doorkeeper) {
        io.vertx.core.transport.Transport best =
                transports
                        .filter(one -> one != null && one.available())
                        .findFirst()
                        .orElse(io.vertx.core.transport.Transport.NIO);
        return new TransportInternal(
                best.name(),
                true,
                null,
                new Doorway(best.implementation(), doorkeeper, best.name().equals(RINGS)));
    }

    @Override
    public void configure(TcpConfig config, boolean domainSocket, ServerBootstrap bootstrap) {
        under.configure(config, domainSocket, bootstrap);
        bootstrap.handler(doorkeeper);
        if (hasRings) {
            bootstrap.childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT);
        }
    }

    @Override
    public void configure(
            TcpConfig config, boolean domainSocket, io.netty.bootstrap.Bootstrap bootstrap) {
        under.configure(config, domainSocket, bootstrap);
    }

    @Override
    public boolean supportsDomainSockets() {
        return under.supportsDomainSockets();
    }

    @Override
    public boolean supportFileRegion() {
        return under.supportFileRegion();
    }

    @Override
    public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
        return under.convert(address);
    }

    @Override
    public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
        return under.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        return under.ioHandlerFactory();
    }

    @Override
    public EventLoopGroup eventLoopGroup(
            int type, int threads, ThreadFactory threadFactory, int ioRatio) {
        return under.eventLoopGroup(type, threads, threadFactory, ioRatio);
    }

    @Override
    @SuppressWarnings("deprecation") // the interface names it
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return under.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
        return under.datagramChannelFactory();
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        return under.channelFactory(domainSocket);
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return under.serverChannelFactory(domainSocket);
    }
}
