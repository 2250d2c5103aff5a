package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Duration;

/** Removes containers of the engine's, running or not, with their anonymous volumes. */
record Removal(Session session) {
    private static final Duration RETRY_FIRST = Duration.ofMillis(20);
    private static final Duration RETRY_LONGEST = Duration.ofMillis(500);

    /** Returns when it is gone, also where others are at it. */
    void untilGone(String nameOrId) {
        session.call(() -> removeUntilGone(nameOrId));
    }

    /** A removal that is under way elsewhere is a conflict: then it is waited for. */
    private boolean removeUntilGone(String nameOrId) throws InterruptedException {
        Backoff backoff = new Backoff(RETRY_FIRST, RETRY_LONGEST);
        while (true) {
            try {
                session.client()
                        .removeContainerCmd(nameOrId)
                        .withForce(true)
                        .withRemoveVolumes(true)
                        .exec();
                return true;
            } catch (NotFoundException gone) {
                return true;
            } catch (ConflictException underWay) {
                backoff.pause();
            }
        }
    }
}
