package dev.dormouse.store;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * The CPU time of containers' boots, where that is long, within one transaction and on its thread.
 */
public final class SlowBootTable {
    private final Handle handle;

    SlowBootTable(Handle handle) {
        this.handle = handle;
    }

    /** Of every container that has one; to the millisecond. */
    public Map<UUID, Duration> all() {
        return handle.createQuery("SELECT b.container_id, b.millis FROM slow_boot b")
                .map((row, _) ->
                        Map.entry(
                                Rows.uuid(row, "container_id"),
                                Duration.ofMillis(row.getLong("millis"))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** In place of what was there; does nothing if there is no such container any more. */
    public void put(UUID containerId, Duration boot) {
        handle.createUpdate(
                        """
                        INSERT INTO slow_boot (container_id, millis)
                        SELECT c.id, :millis FROM container c WHERE c.id = :container_id
                        ON CONFLICT DO UPDATE SET millis = excluded.millis
                        """)
                .bind("container_id", containerId.toString())
                .bind("millis", boot.toMillis())
                .execute();
    }

    /** It is long no more. */
    public void delete(UUID containerId) {
        handle.createUpdate("DELETE FROM slow_boot WHERE container_id = :container_id")
                .bind("container_id", containerId.toString())
                .execute();
    }
}
