package dev.dormouse.reconcile;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What ran before the server started, until it is adopted and requests reach it again. What sleeps
 * is looked at after that: there may be much of it, and it would take its share of the processors.
 * Safe on any thread.
 */
final class Homecoming {
    /** For an engine that takes connections and does not answer. */
    private static final Duration FOR_SIGHT = Duration.ofSeconds(2);

    /** Who is not ready by then is not waited for. */
    private static final Duration FOR_ROUTES = Duration.ofSeconds(1);

    private final Set<UUID> away = ConcurrentHashMap.newKeySet();
    private final CountDownLatch decided = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    /** These have been adopted; to be called once, before the first pass of any of them. */
    void expect(Set<UUID> adopted) {
        away.addAll(adopted);
        endIfAllAreBack();
    }

    /** What runs has been adopted, or it is known that this may take long. */
    void decided() {
        decided.countDown();
    }

    /** A pass has published what the container has. */
    void passed(UUID containerId, Snapshot snapshot) {
        if (!snapshot.isComingUp() && away.remove(containerId)) {
            endIfAllAreBack();
        }
    }

    private void endIfAllAreBack() {
        if (away.isEmpty()) {
            over.countDown();
        }
    }

    /** Returns false if that takes too long. */
    boolean awaitDecision() {
        return isOpen(decided, FOR_SIGHT);
    }

    /** Returns when requests reach all again, or after a while in which they should. */
    void awaitRoutes() {
        boolean _ = isOpen(over, FOR_ROUTES);
    }

    private static boolean isOpen(CountDownLatch latch, Duration patience) {
        try {
            return latch.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
