package dev.dormouse.gateway;

import dev.dormouse.model.Protocol;
import dev.dormouse.model.Route.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.Http1ClientConfig;
import io.vertx.core.http.Http2ClientConfig;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.headers.Http1xHeaders;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.impl.VertxConnection;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to instances. A new one is made only when none is free, and
 * never more than the settings allow to one instance. For one thread.
 */
final class Instances {
    /** What is open, or about to be, to one target. */
    private static final class Pool {
        /** Those that carry no request, the one that was used last first. */
        private final Deque<Http1Leg> free = new ArrayDeque<>();

        private int open;
    }

    private static final HttpHeadersFactory HEADERS =
            new HttpHeadersFactory() {
                @Override
                public HttpHeaders newHeaders() {
                    return Http1xHeaders.httpHeaders();
                }

                @Override
                public HttpHeaders newEmptyHeaders() {
                    return Http1xHeaders.httpHeaders();
                }
            };

    private final ContextInternal context;
    private final Executor afterRead;
    private final LongSupplier nanos;
    private final long keepAliveNanos;
    private final int connectionsMax;
    private final HttpDecoderConfig decoding;
    private final Bootstrap sockets;
    private final GatewaySettings.Instances settings;
    private final int headerSizeMax;
    private @Nullable HttpClient upgrades;
    private @Nullable HttpClient streams;

    private final Map<Target, Pool> pools = new HashMap<>();

    /** Streams' connections, made and not yet used for a request. */
    private final Set<HttpConnection> fresh = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * @param afterRead runs what is to follow on what has been read until then
     */
    Instances(
            ContextInternal context,
            Executor afterRead,
            LongSupplier nanos,
            GatewaySettings.Instances settings,
            int headerSizeMax) {
        this.context = context;
        this.afterRead = afterRead;
        this.nanos = nanos;
        this.settings = settings;
        this.headerSizeMax = headerSizeMax;
        this.keepAliveNanos = settings.keepAlive().toNanos();
        this.connectionsMax = settings.connectionsMax();
        this.decoding =
                new HttpDecoderConfig()
                        .setMaxHeaderSize(headerSizeMax)
                        .setMaxChunkSize(GatewaySettings.PIECE_MAX)
                        .setHeadersFactory(HEADERS);
        VertxInternal vertx = context.owner();
        this.sockets =
                new Bootstrap()
                        .group(context.nettyEventLoop())
                        .channelFactory(vertx.transport().channelFactory(false))
                        .resolver(vertx.nameResolver().nettyAddressResolverGroup())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(settings.connectTimeout().toMillis()));
    }

    /** Made when it is needed: from then on its pool is cleaned once a second. */
    private HttpClient upgrades() {
        HttpClient made = upgrades;
        if (made == null) {
            Http1ClientConfig http1 =
                    new Http1ClientConfig()
                            .setKeepAliveTimeout(settings.keepAlive())
                            .setMaxHeaderSize(headerSizeMax);
            made = client(client(HttpVersion.HTTP_1_1).setHttp1Config(http1));
            upgrades = made;
        }
        return made;
    }

    /** Likewise. */
    private HttpClient streams() {
        HttpClient made = streams;
        if (made == null) {
            Http2ClientConfig http2 =
                    new Http2ClientConfig()
                            .setClearTextUpgrade(false)
                            .setConnectionWindowSize(Integer.MAX_VALUE)
                            .setKeepAliveTimeout(settings.keepAlive());
            made = client(client(HttpVersion.HTTP_2).setHttp2Config(http2));
            streams = made;
        }
        return made;
    }

    private HttpClientConfig client(HttpVersion version) {
        return new HttpClientConfig()
                .setVersions(version)
                .setConnectTimeout(settings.connectTimeout());
    }

    private HttpClient client(HttpClientConfig config) {
        return context.owner()
                .httpClientBuilder()
                .with(config)
                .with(
                        new PoolOptions()
                                .setHttp1MaxSize(connectionsMax)
                                .setHttp2MaxSize(1)
                                .setMaxWaitQueueSize(connectionsMax))
                .withConnectHandler(this::opened)
                .build();
    }

    /** A connection to the target that is open and free; null if there is none. */
    @Nullable Http1Leg kept(Target target) {
        Pool pool = pools.get(target);
        if (pool == null) {
            return null;
        }
        long now = nanos.getAsLong();
        Http1Leg leg = pool.free.pollFirst();
        while (leg != null && (!leg.isOpen() || now - leg.restsUntil() > 0)) {
            leg.close();
            leg = pool.free.pollFirst();
        }
        return leg;
    }

    /** On a new connection where the protocol allows; fails if the target cannot be reached. */
    Future<? extends Leg> connect(Target target, Protocol protocol) {
        return switch (protocol) {
            case HTTP1 -> open(target);
            case H2C -> stream(streams(), target, protocol);
        };
    }

    /** For a request that asks for a WebSocket, which is HTTP/1.1's. */
    Future<StreamLeg> upgrade(Target target) {
        return stream(upgrades(), target, Protocol.HTTP1);
    }

    /** Puts back one that was not used after all. */
    void giveBack(Leg leg) {
        if (leg instanceof Http1Leg connection && connection.isOpen()) {
            keep(connection);
        } else {
            leg.cut(Http2Error.CANCEL.code());
        }
    }

    /** Whether there is no connection of our own. */
    boolean isEmpty() {
        return pools.isEmpty();
    }

    /** Ends those that nothing has asked for in a while. */
    void closeIdle() {
        long now = nanos.getAsLong();
        List<Http1Leg> idle = new ArrayList<>();
        for (Pool pool : pools.values()) {
            pool.free.removeIf(leg -> now - leg.restsUntil() > 0 && idle.add(leg));
        }
        idle.forEach(Http1Leg::close);
    }

    private Future<Http1Leg> open(Target target) {
        Pool pool = pools.computeIfAbsent(target, _ -> new Pool());
        if (pool.open >= connectionsMax) {
            return Future.failedFuture(new ConnectException("too many connections are open"));
        }
        pool.open++;
        Promise<Http1Leg> opened = context.promise();
        ChannelFuture connecting =
                sockets.clone()
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        equip(channel, target);
                                    }
                                })
                        .connect(
                                InetSocketAddress.createUnresolved(
                                        target.address(), target.port()));
        connecting.addListener(_ -> {
            if (connecting.isSuccess()) {
                opened.complete(connecting.channel().pipeline().get(Http1Leg.class));
            } else {
                closed(target, pool);
                opened.fail(connecting.cause());
            }
        });
        return opened.future();
    }

    private void equip(Channel channel, Target target) {
        AnswerDecoder decoder = new AnswerDecoder(decoding);
        channel.pipeline()
                .addLast(
                        decoder,
                        new HttpRequestEncoder(),
                        new Http1Leg(target, channel, decoder, context, this::keep, this::forget));
    }

    private void keep(Http1Leg leg) {
        Pool pool = pools.get(leg.target());
        if (pool != null) {
            leg.rest(nanos.getAsLong(), keepAliveNanos);
            pool.free.addFirst(leg);
        }
    }

    private void forget(Http1Leg leg) {
        Pool pool = pools.get(leg.target());
        if (pool != null) {
            pool.free.remove(leg);
            closed(leg.target(), pool);
        }
    }

    private void closed(Target target, Pool pool) {
        pool.open--;
        if (pool.open == 0) {
            pools.remove(target);
        }
    }

    private Future<StreamLeg> stream(HttpClient client, Target target, Protocol protocol) {
        return client.request(new RequestOptions().setHost(target.address()).setPort(target.port()))
                .map(request ->
                        new StreamLeg(
                                request, protocol, !fresh.remove(request.connection()), afterRead));
    }

    private void opened(HttpConnection connection) {
        fresh.add(connection);
        connection.closeHandler(_ -> fresh.remove(connection));
        connection.exceptionHandler(_ -> {}); // the request on it is told the same
    }

    static boolean isLeft(HttpConnection connection) {
        return connection instanceof VertxConnection internal && isLeft(internal.channel());
    }

    static boolean isOver(HttpConnection connection) {
        return connection instanceof VertxConnection internal
                && TcpState.isOver(internal.channel());
    }

    static boolean isLeft(Channel channel) {
        return !TcpState.isOpen(channel);
    }
}
