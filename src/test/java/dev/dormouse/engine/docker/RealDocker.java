package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Network;
import dev.dormouse.config.Source;
import dev.dormouse.engine.EngineEvent;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.Sandbox;
import dev.dormouse.testing.TestImages;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * One server on the real engine, for tests that look at what Docker makes of its instances; leaves
 * nothing behind.
 */
final class RealDocker implements AutoCloseable {
    static final int PORT = 8080;
    static final Duration DEADLINE = Duration.ofSeconds(30);
    static final long MEMORY_BYTES = 64L << 20;

    final UUID serverId = UUID.randomUUID();
    final UUID container = UUID.randomUUID();
    final DockerClient client = TestImages.client();
    final DockerEngine engine;
    final BlockingQueue<EngineEvent> events = new LinkedBlockingQueue<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> images = new ArrayList<>();
    private int instances;
    private boolean left;

    RealDocker() {
        this(Map.of());
    }

    RealDocker(Map<String, String> settings) {
        engine = connect(settings);
        engine.watch(events::add);
    }

    /** The same server, started once more. */
    DockerEngine connect(Map<String, String> settings) {
        return DockerEngine.connect(
                DockerSettings.from(new Source(settings)), serverId, InstantSource.system());
    }

    /** The server ends; what it started goes on. */
    void leave() {
        left = true;
        engine.close();
    }

    /** An instance of the test server with these arguments, not started. */
    InstanceSpec spec(String... args) {
        return spec(List.of(), List.of(args), Map.of("PORT", Integer.toString(PORT)));
    }

    /** An instance of another image as it is. */
    InstanceSpec specOf(String image) {
        return spec(image, List.of(), List.of(), Map.of());
    }

    /** The same with other limits than the usual. */
    static InstanceSpec limited(InstanceSpec spec, int mvcpu, long storageBytes) {
        return new InstanceSpec(
                spec.instanceId(),
                spec.containerId(),
                spec.revision(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.environment(),
                spec.port(),
                spec.memoryLimitBytes(),
                mvcpu,
                storageBytes,
                spec.sandbox());
    }

    InstanceSpec spec(List<String> command, List<String> args, Map<String, String> environment) {
        return spec(TestImages.server(), command, args, environment);
    }

    private InstanceSpec spec(
            String image,
            List<String> command,
            List<String> args,
            Map<String, String> environment) {
        instances++;
        return new InstanceSpec(
                "inside-" + instances,
                container,
                instances,
                engine.resolve(image).digest(),
                command,
                args,
                environment,
                Integer.parseInt(environment.getOrDefault("PORT", Integer.toString(PORT))),
                MEMORY_BYTES,
                500,
                256L << 20,
                Sandbox.V1);
    }

    Instance start(String... args) {
        return engine.start(spec(args));
    }

    /** What the instance answers, asked again until it listens. */
    String ask(Instance instance, String path) throws InterruptedException {
        State.Running where = (State.Running) instance.state();
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://%s:%d%s"
                                                .formatted(where.address(), where.port(), path)))
                        .timeout(DEADLINE)
                        .build();
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            try {
                HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
                return answer.statusCode() == 200 ? answer.body() : "";
            } catch (IOException notYet) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("no answer from " + request.uri(), notYet);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    /** A file's content inside the instance; the first that is there of several. */
    String file(Instance instance, String... paths) throws InterruptedException {
        for (String path : paths) {
            String content = ask(instance, "/file?path=" + path).strip();
            if (!content.isEmpty()) {
                return content;
            }
        }
        throw new AssertionError("none of " + List.of(paths));
    }

    /** The fields of {@code /proc/self/status} inside the instance. */
    Map<String, String> status(Instance instance) throws InterruptedException {
        Map<String, String> fields = new HashMap<>();
        for (String line : file(instance, "/proc/self/status").split("\n", -1)) {
            fields.put(
                    line.substring(0, line.indexOf(':')),
                    line.substring(line.indexOf(':') + 1).strip());
        }
        return fields;
    }

    /** This machine's addresses, first that which is the instance's gateway. */
    List<String> hostAddresses(Instance instance) throws IOException {
        String home = homeOf(instance);
        var networks =
                client.inspectContainerCmd(home.isEmpty() ? engineNameOf(instance) : home)
                        .exec()
                        .getNetworkSettings();
        List<String> addresses = new ArrayList<>();
        networks.getNetworks().values().forEach(one -> addresses.add(one.getGateway()));
        NetworkInterface.networkInterfaces()
                .filter(one -> one.getName().startsWith("e"))
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .forEach(one -> addresses.add(one.getHostAddress()));
        return addresses;
    }

    /** Looks at the list, and again after each event, until the instance has ended. */
    State.Exited awaitEnd(String instanceId) throws InterruptedException {
        while (true) {
            for (Instance one : engine.list(container)) {
                if (one.id().equals(instanceId) && one.state() instanceof State.Exited exited) {
                    return exited;
                }
            }
            if (events.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS) == null) {
                throw new AssertionError(instanceId + " did not end");
            }
        }
    }

    /** What the engine itself calls the instance. */
    String engineNameOf(Instance instance) {
        return containers().stream()
                .filter(one -> instance.id().equals(one.getLabels().get(Labels.INSTANCE)))
                .map(Container::getId)
                .findFirst()
                .orElseThrow();
    }

    /** The containers of this server's instances, in whatever state. */
    List<Container> containers() {
        return labelled(Labels.INSTANCE);
    }

    /** Those of its sandboxes. */
    List<Container> sandboxes() {
        return labelled(Labels.KIND + "=sandbox");
    }

    private List<Container> labelled(String label) {
        return client.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(Labels.SERVER + "=" + serverId, label))
                .exec();
    }

    /** Returns when so many sandboxes run that no instance lives in. */
    void awaitReady(int count) {
        Awaitility.await(count + " ready sandboxes")
                .atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(ready()).hasSize(count));
    }

    /** The ids of the sandboxes that run and that no instance lives in. */
    List<String> ready() {
        List<String> homes = containers().stream().map(RealDocker::homeOf).toList();
        return sandboxes().stream()
                .filter(one -> one.getState().equals("running"))
                .map(Container::getId)
                .filter(id -> !homes.contains(id))
                .toList();
    }

    /** The sandbox that an instance lives in; empty for none. */
    static String homeOf(Container instance) {
        return instance.getLabels().getOrDefault(Labels.SANDBOX, "");
    }

    String homeOf(Instance instance) {
        return containers().stream()
                .filter(one -> instance.id().equals(one.getLabels().get(Labels.INSTANCE)))
                .map(RealDocker::homeOf)
                .findFirst()
                .orElseThrow();
    }

    /** This server's networks. */
    List<Network> networks() {
        return client.listNetworksCmd()
                .withFilter("label", List.of(Labels.SERVER + "=" + serverId))
                .exec();
    }

    /** A container of nobody's on the network; returns its id. */
    String startStranger(String network) {
        String id =
                client.createContainerCmd(TestImages.server())
                        .withHostConfig(HostConfig.newHostConfig().withNetworkMode(network))
                        .exec()
                        .getId();
        client.startContainerCmd(id).exec();
        return id;
    }

    void removeStranger(String id) {
        client.removeContainerCmd(id).withForce(true).exec();
    }

    /** The image is removed in the end, by whatever name or id. */
    String passing(String image) {
        images.add(image);
        return image;
    }

    @Override
    public void close() throws IOException {
        try (client;
                http;
                engine) {
            if (left) {
                try (DockerEngine next = connect(Map.of())) {
                    next.purge();
                }
            } else {
                engine.purge();
            }
            images.forEach(this::removeImage);
        }
    }

    private void removeImage(String image) {
        try {
            client.removeImageCmd(image).withForce(true).exec();
        } catch (NotFoundException gone) {
            // by another of its names, most likely
        }
    }
}
