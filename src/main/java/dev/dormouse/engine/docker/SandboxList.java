package dev.dormouse.engine.docker;

import com.github.dockerjava.api.model.Container;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a list of all of one server's containers shows of its sandboxes.
 *
 * @param inUse whether there is anything at all of this server's
 * @param sandboxes in whatever state
 * @param lodgers the instances that live in sandboxes, ended ones too, by the engine's id of these
 */
record SandboxList(boolean inUse, List<Seen> sandboxes, Map<String, Lodger> lodgers) {
    /**
     * One of them.
     *
     * @param running what it is good for; empty when it does not run
     */
    record Seen(String dockerId, String name, Optional<Sandbox> running) {}

    /** An instance in one. */
    record Lodger(UUID containerId, String instanceId) {}

    static SandboxList of(List<Container> listed) {
        List<Seen> sandboxes = new ArrayList<>();
        Map<String, Lodger> lodgers = new HashMap<>();
        for (Container one : listed) {
            if (one.getLabels() != null && Labels.areOfSandbox(one.getLabels())) {
                sandboxes.add(seen(one));
            }
            Observation.of(one)
                    .filter(seen -> !seen.sandbox().isEmpty())
                    .ifPresent(seen ->
                            lodgers.put(
                                    seen.sandbox(),
                                    new Lodger(seen.containerId(), seen.instanceId())));
        }
        return new SandboxList(!listed.isEmpty(), sandboxes, lodgers);
    }

    private static Seen seen(Container one) {
        String name =
                Stream.ofNullable(one.getNames())
                        .flatMap(Stream::of)
                        .findFirst()
                        .map(first -> first.replaceFirst("^/", ""))
                        .orElse("");
        return new Seen(
                one.getId(),
                name,
                "running".equals(one.getState()) ? sandbox(one) : Optional.empty());
    }

    private static Optional<Sandbox> sandbox(Container one) {
        var settings = one.getNetworkSettings();
        var networks = settings == null ? null : settings.getNetworks();
        if (networks == null || networks.size() != 1) {
            return Optional.empty();
        }
        String network = networks.keySet().iterator().next();
        return Optional.ofNullable(networks.get(network))
                .flatMap(joined -> Optional.ofNullable(joined.getIpAddress()))
                .filter(address -> !address.isEmpty())
                .map(address -> new Sandbox(one.getId(), network, address));
    }
}
