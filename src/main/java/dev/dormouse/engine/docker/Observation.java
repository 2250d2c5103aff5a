package dev.dormouse.engine.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ContainerPort;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports.Binding;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.engine.InstanceRuntime;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the engine tells about one of our containers back into an instance.
 *
 * @param instanceId from its label
 * @param runtime what it runs under; empty of one that an older version started
 * @param network the bridge that it lives on
 * @param sandbox the one that it was put into; empty for none
 * @param where its address and port, once it has any
 */
record Observation(
        String instanceId,
        UUID containerId,
        int revision,
        Instant createdAt,
        String runtime,
        String network,
        Optional<Sandbox> sandbox,
        Optional<State.Running> where) {

    /** From an entry of the list; empty when the labels are not such as we write. */
    static Optional<Observation> of(Container listed) {
        int port = port(listed.getLabels());
        Optional<State.Running> published =
                Stream.ofNullable(listed.getPorts())
                        .flatMap(Arrays::stream)
                        .filter(one -> Objects.equals(one.getPrivatePort(), port))
                        .filter(one -> one.getPublicPort() != null && one.getPublicPort() > 0)
                        .map(Observation::published)
                        .findFirst();
        var settings = listed.getNetworkSettings();
        var networks = settings == null ? null : settings.getNetworks();
        var config = listed.getHostConfig();
        String mode = config == null ? null : config.getNetworkMode();
        return of(listed.getLabels(), mode, networks, published);
    }

    /** From an inspection. */
    static Optional<Observation> of(InspectContainerResponse inspected) {
        Map<String, String> labels = inspected.getConfig().getLabels();
        var ports = inspected.getNetworkSettings().getPorts();
        Binding[] bindings =
                ports == null ? null : ports.getBindings().get(ExposedPort.tcp(port(labels)));
        Optional<State.Running> published =
                Stream.ofNullable(bindings)
                        .flatMap(Arrays::stream)
                        .map(one ->
                                new State.Running(
                                        one.getHostIp(), Integer.parseInt(one.getHostPortSpec())))
                        .findFirst();
        var config = inspected.getHostConfig();
        String mode = config == null ? null : config.getNetworkMode();
        return of(labels, mode, inspected.getNetworkSettings().getNetworks(), published);
    }

    /**
     * The state that an inspection shows. A process that runs but whose network is gone already
     * counts as ended.
     */
    static State stateOf(InspectContainerResponse inspected) {
        boolean running = Boolean.TRUE.equals(inspected.getState().getRunning());
        Optional<State> where =
                running
                        ? of(inspected).flatMap(Observation::where).map(State.class::cast)
                        : Optional.empty();
        return where.orElseGet(() -> exitOf(inspected));
    }

    /** How the process of an ended container ended. */
    static State.Exited exitOf(InspectContainerResponse inspected) {
        var state = inspected.getState();
        return new State.Exited(
                Objects.requireNonNullElse(state.getExitCodeLong(), 0L).intValue(),
                Boolean.TRUE.equals(state.getOOMKilled()));
    }

    Instance in(State state, Runtimes runtimes) {
        return new Instance(instanceId, containerId, revision, createdAt, under(runtimes), state);
    }

    /** What it runs under, as it was written down when it was made. */
    InstanceRuntime under(Runtimes runtimes) {
        return runtime.isEmpty() ? runtimes.usual() : runtimes.named(runtime);
    }

    private static Optional<Observation> of(
            @Nullable Map<String, String> labels,
            @Nullable String mode,
            @Nullable Map<String, ContainerNetwork> networks,
            Optional<State.Running> published) {
        if (labels == null) {
            return Optional.empty();
        }
        Optional<Sandbox> sandbox = sandbox(labels, mode);
        var joined =
                networks == null
                        ? Optional.<Map.Entry<String, ContainerNetwork>>empty()
                        : networks.entrySet().stream().findFirst();
        Optional<State.Running> own =
                sandbox.map(Sandbox::address)
                        .or(() -> joined.map(one -> one.getValue().getIpAddress()))
                        .filter(address -> !address.isEmpty())
                        .map(address -> new State.Running(address, port(labels)));
        try {
            return Optional.of(
                    new Observation(
                            text(labels, Labels.INSTANCE),
                            UUID.fromString(text(labels, Labels.CONTAINER)),
                            Integer.parseInt(text(labels, Labels.REVISION)),
                            Instant.parse(text(labels, Labels.CREATED_AT)),
                            labels.getOrDefault(Labels.RUNTIME, ""),
                            sandbox.map(Sandbox::network)
                                    .or(() -> joined.map(Map.Entry::getKey))
                                    .orElse(""),
                            sandbox,
                            published.or(() -> own)));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Only what the engine confirms: labels that we did not write came with the image. */
    private static Optional<Sandbox> sandbox(Map<String, String> labels, @Nullable String mode) {
        String id = labels.getOrDefault(Labels.SANDBOX, "");
        return id.isEmpty() || !Home.modeOf(id).equals(mode)
                ? Optional.empty()
                : Optional.of(
                        new Sandbox(
                                id,
                                labels.getOrDefault(Labels.NETWORK, ""),
                                labels.getOrDefault(Labels.ADDRESS, "")));
    }

    private static State.Running published(ContainerPort port) {
        return new State.Running(
                Objects.requireNonNullElse(port.getIp(), ""),
                Objects.requireNonNullElse(port.getPublicPort(), 0));
    }

    private static String text(Map<String, String> labels, String name) {
        String value = labels.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no label " + name);
        }
        return value;
    }

    private static int port(@Nullable Map<String, String> labels) {
        String text = labels == null ? null : labels.get(Labels.PORT);
        return text != null && text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    }
}
