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
    static final String STORAGE_LIMIT = "dev.dormouse.storage-limit";

    private Labels() {}

    static Map<String, String> of(String serverId, InstanceSpec spec, Instant createdAt) {
        return Map.of(
                SERVER, serverId,
                CONTAINER, spec.containerId().toString(),
                REVISION, Integer.toString(spec.revision()),
                PORT, Integer.toString(spec.port()),
                INSTANCE, spec.instanceId(),
                CREATED_AT, createdAt.toString(),
                STORAGE_LIMIT, Long.toString(spec.localStorageLimitBytes()));
    }

    /** What the container may write, in bytes; no limit for one that an older version started. */
    static long storageLimit(Map<String, String> labels) {
        String text = labels.getOrDefault(STORAGE_LIMIT, "");
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }
}
