package dev.dormouse.gateway;

import dev.dormouse.model.Protocol;
import dev.dormouse.model.Route.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http1ClientConfig;
import io.vertx.core.http.Http2ClientConfig;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** The connections of one event loop to instances. For one thread. */
final class Instances {
    private final HttpClient http1;
    private final HttpClient http2;

    /** Made, and not yet used for a request. */
    private final Set<HttpConnection> fresh = Collections.newSetFromMap(new IdentityHashMap<>());

    Instances(Vertx vertx, GatewaySettings.Instances settings, int headerSizeMax) {
        PoolOptions pool =
                new PoolOptions()
                        .setHttp1MaxSize(settings.connectionsMax())
                        .setHttp2MaxSize(1)
                        .setMaxWaitQueueSize(settings.connectionsMax());
        http1 =
                vertx.httpClientBuilder()
                        .with(
                                new HttpClientConfig()
                                        .setVersions(HttpVersion.HTTP_1_1)
                                        .setConnectTimeout(settings.connectTimeout())
                                        .setHttp1Config(
                                                new Http1ClientConfig()
                                                        .setKeepAliveTimeout(settings.keepAlive())
                                                        .setMaxHeaderSize(headerSizeMax)))
                        .with(pool)
                        .withConnectHandler(this::opened)
                        .build();
        http2 =
                vertx.httpClientBuilder()
                        .with(
                                new HttpClientConfig()
                                        .setVersions(HttpVersion.HTTP_2)
                                        .setConnectTimeout(settings.connectTimeout())
                                        .setHttp2Config(
                                                new Http2ClientConfig()
                                                        .setClearTextUpgrade(false)
                                                        .setKeepAliveTimeout(settings.keepAlive())))
                        .with(pool)
                        .withConnectHandler(this::opened)
                        .build();
    }

    /** A request on a connection to the target, nothing of it sent; fails if there is none. */
    Future<HttpClientRequest> request(Target target, Protocol protocol) {
        RequestOptions options =
                new RequestOptions().setHost(target.address()).setPort(target.port());
        return switch (protocol) {
            case HTTP1 -> http1.request(options);
            case H2C -> http2.request(options);
        };
    }

    /** Whether the connection has carried a request before; asking is what counts as use. */
    boolean isUsed(HttpConnection connection) {
        return !fresh.remove(connection);
    }

    private void opened(HttpConnection connection) {
        fresh.add(connection);
        connection.closeHandler(_ -> fresh.remove(connection));
    }
}
