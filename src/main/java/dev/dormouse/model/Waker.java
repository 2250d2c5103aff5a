package dev.dormouse.model;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Wakes frozen instances for the gateway; the control loop is one. Any thread. */
@FunctionalInterface
public interface Waker {
    /** Can wake none. */
    Waker NOBODY =
            (_, _) -> CompletableFuture.failedFuture(new IllegalStateException("nobody wakes it"));

    /**
     * Lets an instance go on; does not block. The result completes, on any thread, when it runs, or
     * exceptionally if it cannot be woken.
     */
    CompletableFuture<Void> wake(UUID containerId, String instanceId);
}
