package dev.dormouse.engine.docker;

import com.github.dockerjava.api.model.Container;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    /** One of them. */
    record Seen(String dockerId, String name, boolean runs) {}

    /** An instance in one. */
    record Lodger(UUID containerId, String instanceId) {}

    static SandboxList of(List<Container> listed) {
        List<Seen> sandboxes = new ArrayList<>();
        Map<String, Lodger> lodgers = new HashMap<>();
        for (Container one : listed) {
            if (one.getLabels() != null && Labels.areOfSandbox(one.getLabels())) {
                sandboxes.add(new Seen(one.getId(), name(one), "running".equals(one.getState())));
            }
            Observation.of(one)
                    .ifPresent(seen ->
                            seen.sandbox()
                                    .ifPresent(home ->
                                            lodgers.put(
                                                    home.dockerId(),
                                                    new Lodger(
                                                            seen.containerId(),
                                                            seen.instanceId()))));
        }
        return new SandboxList(!listed.isEmpty(), sandboxes, lodgers);
    }

    private static String name(Container one) {
        return Stream.ofNullable(one.getNames())
                .flatMap(Stream::of)
                .findFirst()
                .map(first -> first.replaceFirst("^/", ""))
                .orElse("");
    }

    boolean isRunning(String dockerId) {
        return sandboxes.stream().anyMatch(one -> one.runs() && one.dockerId().equals(dockerId));
    }
}
