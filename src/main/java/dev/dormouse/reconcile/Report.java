package dev.dormouse.reconcile;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.ResolvedImage;
import java.util.Map;

/** What a task that the loop had started tells it when it ends. */
sealed interface Report {
    /** The engine has the image for that generation. */
    record Resolved(long generation, ResolvedImage image) implements Report {}

    /** The engine does not get the image for that generation. */
    record Unresolved(long generation, EngineException.Kind kind, String message)
            implements Report {}

    /** The engine noticed something that the container's owner should know. */
    record Noticed(String words) implements Report {}

    /** The instance's process runs. */
    record Started(Instance instance) implements Report {}

    /** The instance could not be started, and nothing of it is left. */
    record NotStarted(String instanceId, EngineException.Kind kind, String message)
            implements Report {}

    /** The instance was not started, for the host has no room for it. */
    record NoRoom(String instanceId, String message) implements Report {}

    /** The instance passed its probes. */
    record Healthy(String instanceId) implements Report {}

    /** The instance failed its probes for good. */
    record Unhealthy(String instanceId, String message) implements Report {}

    /** The instance stands still. */
    record Frozen(String instanceId) implements Report {}

    /** The instance could not be frozen, and goes on. */
    record NotFrozen(String instanceId, String message) implements Report {}

    /** The instance goes on. */
    record Thawed(String instanceId) implements Report {}

    /** What instances used, by their ids; those that could not be measured are not in it. */
    record Measured(Map<String, UsageReader.Reading> readings) implements Report {}

    /** The engine has no such instance any more. */
    record Stopped(String instanceId) implements Report {}

    /** The instance was not ended before this server was. */
    record NotStopped(String instanceId) implements Report {}
}
