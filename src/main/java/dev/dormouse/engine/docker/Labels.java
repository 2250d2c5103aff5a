package dev.dormouse.engine.docker;

import dev.dormouse.engine.InstanceSpec;
import java.time.Instant;
import java.util.Map;

/** The labels that mark what is ours, and from which instances are known again. */
final class Labels {
    static final String SERVER = "dev.dormouse.server";
    static final String CONTAINER = "dev.dormouse.container";
    static final String REVISION = "dev.dormouse.revision";
    static final String PORT = "dev.dormouse.port";
    static final String INSTANCE = "dev.dormouse.instance";
    static final String CREATED_AT = "dev.dormouse.created-at";

    private Labels() {}

    static Map<String, String> of(String serverId, InstanceSpec spec, Instant createdAt) {
        return Map.of(
                SERVER, serverId,
                CONTAINER, spec.containerId().toString(),
                REVISION, Integer.toString(spec.revision()),
                PORT, Integer.toString(spec.port()),
                INSTANCE, spec.instanceId(),
                CREATED_AT, createdAt.toString());
    }
}
