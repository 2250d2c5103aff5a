package dev.dormouse.model;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * What one rollout resolved and froze; never changed but for its state. Every instance belongs to
 * one revision.
 *
 * @param number counts from 1 within the container
 * @param generation the container's generation that this revision carries out
 * @param image what its instances run; {@link ExactImage#NONE} where it could not be had
 * @param environment the whole environment, secrets and namespace's variables merged in
 * @param because what asked for the rollout, in words
 * @param message why it failed; empty otherwise
 */
public record Revision(
        UUID containerId,
        int number,
        long generation,
        ExactImage image,
        Workload workload,
        Map<String, String> environment,
        String because,
        State state,
        String message,
        Instant createdAt) {
    /** How far a revision has come. */
    public enum State {
        /** Its first instances are being started and probed. */
        DEPLOYING,
        /** It serves. */
        LIVE,
        /** It never became healthy. */
        FAILED,
        /** It served, until another took its place. */
        RETIRED,
        /** A newer write took its place before it served. */
        SUPERSEDED;

        /** Whether it serves, or once did. */
        public boolean hasServed() {
            return this == LIVE || this == RETIRED;
        }
    }

    public Revision {
        environment = Map.copyOf(environment);
    }

    /** The same revision, with an equal workload that is another object. */
    public Revision withWorkload(Workload same) {
        return new Revision(
                containerId,
                number,
                generation,
                image,
                same,
                environment,
                because,
                state,
                message,
                createdAt);
    }

    @Override
    public String toString() {
        return "Revision[%s #%d %s %s]".formatted(containerId, number, state, image.id());
    }
}
