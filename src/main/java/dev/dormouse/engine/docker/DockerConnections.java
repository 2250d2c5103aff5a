package dev.dormouse.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.SSLConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.KeyManagementException;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Two clients of one engine: one for calls that are answered at once, one for streams that stay
 * open, so that each waits as long as it may. The API's version is not named, which means the
 * engine's own.
 *
 * @param calls for calls, each under {@link Calls}
 * @param streams for events, logs and pulls
 */
record DockerConnections(DockerClient calls, DockerClient streams) implements AutoCloseable {
    /** Far more than are ever needed: a call that is stuck must not keep another waiting. */
    private static final int AT_ONCE_MAX = 4_096;

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
                DockerClientImpl.getInstance(config, client(config, settings)),
                DockerClientImpl.getInstance(
                        config, PromptAnswers.of(client(config, settings), settings)));
    }

    private static DockerHttpClient client(
            DefaultDockerClientConfig config, DockerSettings settings) {
        SSLConfig tls = config.getSSLConfig();
        return new FreshConnections(
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .sslConfig(tls == null ? DockerConnections::trustingNobody : tls)
                        .maxConnections(AT_ONCE_MAX)
                        .connectionTimeout(settings.callTimeout())
                        .build());
    }

    /** For an engine that is reached without TLS: the default would read the JDK's trust store. */
    private static SSLContext trustingNobody()
            throws KeyManagementException, NoSuchAlgorithmException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[0], null);
        return context;
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
