package dev.dormouse.engine;

import java.util.UUID;

/** A reason to look at the engine again; what is to be seen there is not in the event. */
public sealed interface EngineEvent {
    /** Something changed for one container's instances. */
    record Changed(UUID containerId) implements EngineEvent {}

    /** Something about one container that its owner should know, and nothing else would tell. */
    record Noticed(UUID containerId, String words) implements EngineEvent {}

    /** Events may have been missed: look at everything. */
    record Resync() implements EngineEvent {}
}
