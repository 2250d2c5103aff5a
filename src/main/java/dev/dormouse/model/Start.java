package dev.dormouse.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * How one start of an instance went: what caused it, what became of it, and where the time went.
 *
 * @param because the cause in words for people
 * @param at when the cause was heard of
 * @param took the parts that it came through; they add up to the whole
 * @param message why it did not come into service; empty if it did
 */
public record Start(
        String instanceId,
        int revision,
        Cause cause,
        String because,
        Instant at,
        Outcome outcome,
        Map<Part, Duration> took,
        String message) {
    /** What asked for it. */
    public enum Cause {
        /** Somebody called while there was no instance. */
        REQUEST,
        /** Its owner wants so many kept. */
        MIN_SCALE,
        /** More are called at once than there are instances for. */
        SCALE_UP,
        /** Something new is being deployed. */
        ROLLOUT,
        /** Something former is being brought back. */
        ROLLBACK,
        /** An instance failed, ended or vanished, and this one takes its place. */
        REPLACEMENT,
        /** Its owner wants spares for bursts. */
        STANDBY;

        /** The same in lower case. */
        public String word() {
            return lower(this);
        }
    }

    /** What it spends its time with, in the order in which a start comes through them. */
    public enum Part {
        /** Its image is resolved for a rollout, or fetched again because the engine lost it. */
        IMAGE,
        /** From its cause to its admission: a look, a pause after failures, room and a turn. */
        SCHEDULE,
        /** The engine creates it. */
        CREATE,
        /** The engine starts its process. */
        START,
        /** Its process runs and has not been seen to accept a connection. */
        LISTEN,
        /** It accepts connections and has not passed its probes. */
        PROBE,
        /** It is healthy and no route names it yet. */
        FORWARD;

        /** The same in lower case. */
        public String word() {
            return lower(this);
        }
    }

    /** What became of it. */
    public enum Outcome {
        /** It came into service. */
        READY,
        /** It did not come into service. */
        FAILED,
        /** Nobody wanted it any more. */
        ABANDONED;

        /** The same in lower case. */
        public String word() {
            return lower(this);
        }
    }

    public Start {
        Map<Part, Duration> copy = new EnumMap<>(Part.class);
        copy.putAll(took);
        took = Collections.unmodifiableMap(copy);
    }

    /** From its cause to its end. */
    public Duration whole() {
        return took.values().stream().reduce(Duration.ZERO, Duration::plus);
    }

    /** From when its process ran until it was healthy, or its start over. */
    public Duration boot() {
        return took.getOrDefault(Part.LISTEN, Duration.ZERO)
                .plus(took.getOrDefault(Part.PROBE, Duration.ZERO));
    }

    private static String lower(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }
}
