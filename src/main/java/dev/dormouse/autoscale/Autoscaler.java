package dev.dormouse.autoscale;

import dev.dormouse.model.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides how many instances a container needs. Up at once, by as many as the requests in flight
 * and waiting need; down to what the highest need of the last window says; the last one goes when
 * nobody called for the idle time.
 */
public final class Autoscaler {
    private static final Duration TICK = Duration.ofSeconds(1);

    /**
     * While one instance is enough, the time of the last call is known this exactly, as parts of
     * idleAfter.
     */
    private static final int IDLE_TICKS = 30;

    private static final Duration IDLE_TICK_MOST = Duration.ofSeconds(30);

    private Autoscaler() {}

    /** The decision for one container; a pure function of its arguments. */
    public static Decision decide(Scale scale, Traffic traffic, Memory before, Instant now) {
        boolean active = traffic.peak() > 0 || traffic.started() > 0;
        Memory memory = before.with(traffic.peak(), active, now, scale.window());
        int highest = memory.highest();
        int needed = needed(traffic, highest, scale);
        Optional<Instant> sleepAt = memory.lastActive().map(at -> at.plus(scale.idleAfter()));
        boolean keepsLast = sleepAt.map(now::isBefore).orElse(false);
        int wanted = Math.max(needed, keepsLast ? 1 : 0);
        int instances = Math.clamp(wanted, scale.least(), Math.max(scale.least(), scale.most()));
        String because = because(scale, highest, needed, keepsLast, wanted, instances);
        return new Decision(instances, because, memory, reviewAt(scale, instances, sleepAt, now));
    }

    /**
     * What was needed lately keeps the instances beyond the last; that one goes by its idle time
     * alone.
     */
    private static int needed(Traffic traffic, int highest, Scale scale) {
        int lately = ceilDiv(highest, scale.requestsPerInstance());
        return lately > 1 ? lately : ceilDiv(traffic.peak(), scale.requestsPerInstance());
    }

    private static String because(
            Scale scale, int highest, int needed, boolean keepsLast, int wanted, int instances) {
        if (wanted > instances) {
            return "%d requests at once need %d instances, max_scale is %d"
                    .formatted(highest, wanted, scale.most());
        }
        if (wanted < instances) {
            return "min_scale is %d".formatted(scale.least());
        }
        if (needed > 0) {
            return "%d requests at once within the last %d s, %d on each instance"
                    .formatted(highest, scale.window().toSeconds(), scale.requestsPerInstance());
        }
        if (keepsLast) {
            return "called or deployed within the last %s".formatted(words(scale.idleAfter()));
        }
        return "nobody called for %s".formatted(words(scale.idleAfter()));
    }

    /**
     * Beyond one instance needs fade as time goes by: look again each second. The last one goes by
     * its idle time alone, and who finds no room on it says so: look more rarely, or when it may
     * sleep.
     */
    private static Optional<Instant> reviewAt(
            Scale scale, int instances, Optional<Instant> sleepAt, Instant now) {
        if (instances <= scale.least()) {
            return Optional.empty();
        }
        Instant tick = now.plus(instances > 1 ? TICK : idleTick(scale));
        return Optional.of(sleepAt.filter(at -> at.isAfter(now) && at.isBefore(tick)).orElse(tick));
    }

    private static Duration idleTick(Scale scale) {
        return Duration.ofMillis(
                Math.clamp(
                        scale.idleAfter().toMillis() / IDLE_TICKS,
                        TICK.toMillis(),
                        IDLE_TICK_MOST.toMillis()));
    }

    private static int ceilDiv(int requests, int perInstance) {
        return Math.ceilDiv(requests, Math.max(1, perInstance));
    }

    private static String words(Duration duration) {
        return duration.toSeconds() % 60 == 0 && duration.toMinutes() > 0
                ? duration.toMinutes() + " min"
                : duration.toSeconds() + " s";
    }
}
