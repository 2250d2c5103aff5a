package dev.dormouse.engine.docker;

import dev.dormouse.engine.InstanceSpec;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** The labels that mark what is ours, and from which instances are known again. */
final class Labels {
    static final String SERVER = "dev.dormouse.server";
    static final String CONTAINER = "dev.dormouse.container";
    static final String REVISION = "dev.dormouse.revision";
    static final String PORT = "dev.dormouse.port";
    static final String INSTANCE = "dev.dormouse.instance";
    static final String CREATED_AT = "dev.dormouse.created-at";

    /** What an instance may write, in bytes; empty where that cannot be measured. */
    static final String STORAGE_LIMIT = "dev.dormouse.storage-limit";

    /** What it runs under, as the engine calls it. */
    static final String RUNTIME = "dev.dormouse.runtime";

    /** The sandbox that an instance lives in, by the engine's id; empty for one without. */
    static final String SANDBOX = "dev.dormouse.sandbox";

    /** The bridge that the sandbox is on. */
    static final String NETWORK = "dev.dormouse.network";

    /** The sandbox's address, which is the instance's. */
    static final String ADDRESS = "dev.dormouse.address";

    /** What a container is that is no instance. */
    static final String KIND = "dev.dormouse.kind";

    private static final String KIND_SANDBOX = "sandbox";

    private Labels() {}

    /**
     * All of them, even if empty: what is not said here, the image may say.
     *
     * @param writesAreSeen whether what is written under the runtime can be measured now; how one
     *     is started stays so, whatever is said of the runtime later
     */
    static Map<String, String> of(
            String serverId,
            InstanceSpec spec,
            String runtime,
            boolean writesAreSeen,
            Optional<Sandbox> sandbox,
            Instant createdAt) {
        return Map.ofEntries(
                Map.entry(SERVER, serverId),
                Map.entry(CONTAINER, spec.containerId().toString()),
                Map.entry(REVISION, Integer.toString(spec.revision())),
                Map.entry(PORT, Integer.toString(spec.port())),
                Map.entry(INSTANCE, spec.instanceId()),
                Map.entry(CREATED_AT, createdAt.toString()),
                Map.entry(
                        STORAGE_LIMIT,
                        writesAreSeen ? Long.toString(spec.localStorageLimitBytes()) : ""),
                Map.entry(RUNTIME, runtime),
                Map.entry(KIND, ""),
                Map.entry(SANDBOX, sandbox.map(Sandbox::dockerId).orElse("")),
                Map.entry(NETWORK, sandbox.map(Sandbox::network).orElse("")),
                Map.entry(ADDRESS, sandbox.map(Sandbox::address).orElse("")));
    }

    static Map<String, String> ofSandbox(String serverId) {
        return Map.of(SERVER, serverId, KIND, KIND_SANDBOX);
    }

    static boolean areOfSandbox(Map<String, String> labels) {
        return KIND_SANDBOX.equals(labels.get(KIND)) && !labels.containsKey(INSTANCE);
    }

    /** What the container may write, in bytes; as much as it likes if nothing is said. */
    static long storageLimit(Map<String, String> labels) {
        String text = labels.getOrDefault(STORAGE_LIMIT, "");
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }
}
