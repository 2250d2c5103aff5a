package dev.dormouse.gateway;

import dev.dormouse.model.Protocol;
import dev.dormouse.model.Route.Target;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http1ClientConfig;
import io.vertx.core.http.Http2ClientConfig;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientBuilder;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.impl.VertxConnection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** The connections of one event loop to instances. For one thread. */
final class Instances {
    /** As the kernel numbers the states of a connection. */
    private static final int TCP_ESTABLISHED = 1;

    private final HttpClient http1;
    private final HttpClient afresh;
    private final HttpClient http2;

    /** Made, and not yet used for a request. */
    private final Set<HttpConnection> fresh = Collections.newSetFromMap(new IdentityHashMap<>());

    Instances(Vertx vertx, GatewaySettings.Instances settings, int headerSizeMax) {
        PoolOptions pool =
                new PoolOptions()
                        .setHttp1MaxSize(settings.connectionsMax())
                        .setHttp2MaxSize(1)
                        .setMaxWaitQueueSize(settings.connectionsMax());
        http1 = http1(vertx, settings, headerSizeMax, true).with(pool).build();
        afresh = http1(vertx, settings, headerSizeMax, false).with(pool).build();
        http2 =
                vertx.httpClientBuilder()
                        .with(
                                new HttpClientConfig()
                                        .setVersions(HttpVersion.HTTP_2)
                                        .setConnectTimeout(settings.connectTimeout())
                                        .setHttp2Config(
                                                new Http2ClientConfig()
                                                        .setClearTextUpgrade(false)
                                                        .setConnectionWindowSize(Integer.MAX_VALUE)
                                                        .setKeepAliveTimeout(settings.keepAlive())))
                        .with(pool)
                        .withConnectHandler(this::opened)
                        .build();
    }

    /** A request on a connection to the target, nothing of it sent; fails if there is none. */
    Future<HttpClientRequest> request(Target target, Protocol protocol) {
        return switch (protocol) {
            case HTTP1 -> http1.request(options(target));
            case H2C -> http2.request(options(target));
        };
    }

    /** Like {@link #request}, on a connection that is made for it where the protocol allows. */
    Future<HttpClientRequest> requestAfresh(Target target, Protocol protocol) {
        return switch (protocol) {
            case HTTP1 -> afresh.request(options(target));
            case H2C -> http2.request(options(target));
        };
    }

    /** Whether the connection has carried a request before; asking is what counts as use. */
    boolean isUsed(HttpConnection connection) {
        return !fresh.remove(connection);
    }

    /**
     * Whether the instance has ended the connection and only this loop has not read of it yet: what
     * may be sent once only is better not sent there. Costs a system call.
     */
    static boolean isLeft(HttpConnection connection) {
        try {
            return connection instanceof VertxConnection internal
                    && internal.channel() instanceof EpollSocketChannel channel
                    && channel.tcpInfo().state() != TCP_ESTABLISHED;
        } catch (ChannelException closed) {
            return true;
        }
    }

    private HttpClientBuilder http1(
            Vertx vertx, GatewaySettings.Instances settings, int headerSizeMax, boolean keep) {
        return vertx.httpClientBuilder()
                .with(
                        new HttpClientConfig()
                                .setVersions(HttpVersion.HTTP_1_1)
                                .setConnectTimeout(settings.connectTimeout())
                                .setHttp1Config(
                                        new Http1ClientConfig()
                                                .setKeepAlive(keep)
                                                .setMaxChunkSize(GatewaySettings.PIECE_MAX)
                                                .setKeepAliveTimeout(settings.keepAlive())
                                                .setMaxHeaderSize(headerSizeMax)))
                .withConnectHandler(this::opened);
    }

    private static RequestOptions options(Target target) {
        return new RequestOptions().setHost(target.address()).setPort(target.port());
    }

    private void opened(HttpConnection connection) {
        fresh.add(connection);
        connection.closeHandler(_ -> fresh.remove(connection));
        connection.exceptionHandler(_ -> {}); // the request on it is told the same
    }
}
