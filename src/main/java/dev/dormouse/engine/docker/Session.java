package dev.dormouse.engine.docker;

import com.github.dockerjava.api.DockerClient;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One server's dealings with one engine: what every part of the driver needs.
 *
 * @param serverId marks everything that this server creates
 */
record Session(
        DockerSettings settings,
        String serverId,
        DockerConnections connections,
        Calls calls,
        Pulse pulse)
        implements AutoCloseable {
    private static final int SHORT_LENGTH = 8;

    static Session open(DockerSettings settings, String serverId, InstantSource clock) {
        DockerConnections connections = DockerConnections.open(settings);
        Pulse pulse = new Pulse(clock);
        Calls calls = new Calls(pulse, () -> connections.calls().pingCmd().exec());
        return new Session(settings, serverId, connections, calls, pulse);
    }

    DockerClient client() {
        return connections.calls();
    }

    /** An ordinary call under its deadline; refusals come out as docker-java's exceptions. */
    <T extends @Nullable Object> T call(Callable<T> call) {
        return calls.within(settings.callTimeout(), call);
    }

    /** The part of the server's id that is long enough to tell the servers of one engine apart. */
    String shortId() {
        String plain = serverId.replace("-", "");
        return plain.substring(0, Math.min(plain.length(), SHORT_LENGTH));
    }

    /** An instance's name on the engine: unique among all servers there. */
    String nameOf(String instanceId) {
        return instanceId + "." + shortId();
    }

    /** The filter that lets through what this server created. */
    String mark() {
        return Labels.SERVER + "=" + serverId;
    }

    @Override
    public void close() {
        calls.close();
        connections.close();
    }
}
