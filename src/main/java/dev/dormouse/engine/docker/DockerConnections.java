package dev.dormouse.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;

/**
 * Two clients of one engine: one for calls that are answered at once, one for streams that stay
 * open, so that many streams never keep a call waiting. The API's version is not named, which means
 * the engine's own.
 *
 * @param calls for calls, each under {@link Calls}
 * @param streams for events, logs and pulls
 */
record DockerConnections(DockerClient calls, DockerClient streams) implements AutoCloseable {
    private static final int CALLS_AT_ONCE_MAX = 64;
    private static final int STREAMS_AT_ONCE_MAX = 4_096;

    static DockerConnections open(DockerSettings settings) {
        DefaultDockerClientConfig.Builder builder =
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(settings.host())
                        .withDockerContext(null)
                        .withDockerConfig(null)
                        .withRegistryPassword(null)
                        .withApiVersion((String) null);
        if (URI.create(settings.host()).getScheme().equals("unix")) {
            builder.withDockerTlsVerify("false");
        }
        DefaultDockerClientConfig config = builder.build();
        return new DockerConnections(
                client(config, CALLS_AT_ONCE_MAX, settings.callTimeout()),
                client(config, STREAMS_AT_ONCE_MAX, settings.callTimeout()));
    }

    private static DockerClient client(
            DefaultDockerClientConfig config, int connectionsMax, Duration connectTimeout) {
        DockerHttpClient client =
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .sslConfig(config.getSSLConfig())
                        .maxConnections(connectionsMax)
                        .connectionTimeout(connectTimeout)
                        .build();
        return DockerClientImpl.getInstance(config, new FreshConnections(client));
    }

    @Override
    public void close() {
        try (calls;
                streams) {
            // closed in turn, the second even if the first fails
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
