package dev.dormouse.autoscale;

import dev.dormouse.model.Scaling;
import dev.dormouse.model.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Decides how many instances a container needs. Up at once, by as many as the requests in flight
 * and waiting need, or as the awake instances' use of CPU or memory asks for; down to what the
 * highest need of the last window says; the last one goes when nobody called for the idle time.
 *
 * <p>What is used counts while somebody calls, or where instances are kept anyway. One that
 * computes at least half of what is wanted is at work, called or not; what it holds in memory says
 * nothing of that.
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
    public static Decision decide(Scale scale, Observation seen, Memory before, Instant now) {
        boolean active = isCalled(seen.traffic()) || computes(scale, seen);
        Optional<Instant> sleepAt =
                (active ? Optional.of(now) : before.lastActive())
                        .map(at -> at.plus(scale.idleAfter()));
        boolean keepsLast = sleepAt.map(now::isBefore).orElse(false);
        boolean useCounts = active || keepsLast || scale.least() > 0;
        Need current = current(scale, seen, useCounts);
        Memory memory = before.with(current, active, now, scale.pace().window());
        // What was needed lately keeps the instances beyond the last; that one goes by its idle
        // time alone.
        Need need = memory.highest().instances() > 1 ? memory.highest() : current;
        int wanted = Math.max(need.instances(), keepsLast ? 1 : 0);
        int instances = Math.clamp(wanted, scale.least(), Math.max(scale.least(), scale.most()));
        String because;
        if (wanted < instances) {
            because = "min_scale is %d".formatted(scale.least()) + figures(scale, seen);
        } else if (need.instances() > 0) {
            because = words(need, current, wanted > instances, scale);
        } else {
            because = idleWords(scale, keepsLast) + figures(scale, seen);
        }
        return new Decision(
                instances, because, memory, reviewAt(scale, seen, instances, sleepAt, now));
    }

    private static boolean isCalled(Traffic traffic) {
        return traffic.peak() > 0 || traffic.started() > 0;
    }

    /** It is at work, though perhaps nobody waits for that. */
    private static boolean computes(Scale scale, Observation seen) {
        return scale.signals().stream()
                .anyMatch(signal ->
                        signal instanceof Scaling.Cpu(int percent)
                                && seen.cpu()
                                        .filter(use -> 2 * use.percent() >= percent)
                                        .isPresent());
    }

    private static Optional<Need> need(Scaling signal, Scale scale, Observation seen) {
        return switch (signal) {
            case Scaling.Concurrency(int requests) ->
                    Optional.of(new Need.Requests(seen.traffic().peak(), requests));
            case Scaling.Cpu(int percent) ->
                    Measure.need("cpu", percent, seen.cpu(), seen.awake(), scale.pace());
            case Scaling.Memory(int percent) ->
                    Measure.need("memory", percent, seen.memory(), seen.awake(), scale.pace());
        };
    }

    /** The largest; that something is used keeps no last instance, for something always is. */
    private static Need current(Scale scale, Observation seen, boolean useCounts) {
        Need largest = Need.NONE;
        for (Scaling signal : scale.signals()) {
            Need need = need(signal, scale, seen).orElse(Need.NONE);
            boolean counts = need instanceof Need.Requests || (useCounts && need.instances() > 1);
            if (counts && need.instances() > largest.instances()) {
                largest = need;
            }
        }
        return largest;
    }

    private static String words(Need need, Need current, boolean isTooMuch, Scale scale) {
        String when =
                need.equals(current)
                        ? ""
                        : " within the last %d s".formatted(scale.pace().window().toSeconds());
        String limit = isTooMuch ? ", but max_scale is %d".formatted(scale.most()) : "";
        return need.words() + when + limit;
    }

    private static String idleWords(Scale scale, boolean keepsLast) {
        String idleAfter = words(scale.idleAfter());
        if (!keepsLast) {
            return "nobody called for " + idleAfter;
        }
        return scale.signals().stream().anyMatch(Scaling.Cpu.class::isInstance)
                ? "called, deployed or at work within the last " + idleAfter
                : "called or deployed within the last " + idleAfter;
    }

    /** What was measured, where that is not the reason. */
    private static String figures(Scale scale, Observation seen) {
        return scale.signals().stream()
                .flatMap(signal -> need(signal, scale, seen).stream())
                .filter(Need.Measured.class::isInstance)
                .map(need -> "; " + ((Need.Measured) need).figures())
                .collect(Collectors.joining());
    }

    /**
     * Beyond one instance needs fade as time goes by: look again each second. So while it has
     * requests, for others may wait for the room of one that has none any more. Else the last one
     * goes by its idle time alone, and who finds no room on it says so: look more rarely, or when
     * it may sleep.
     */
    private static Optional<Instant> reviewAt(
            Scale scale, Observation seen, int instances, Optional<Instant> sleepAt, Instant now) {
        if (instances <= scale.least()) {
            return Optional.empty();
        }
        boolean isBusy = seen.traffic().inFlight() + seen.traffic().waiting() > 0;
        Instant tick = now.plus(isBusy || instances > 1 ? TICK : idleTick(scale));
        return Optional.of(sleepAt.filter(at -> at.isAfter(now) && at.isBefore(tick)).orElse(tick));
    }

    private static Duration idleTick(Scale scale) {
        return Duration.ofMillis(
                Math.clamp(
                        scale.idleAfter().toMillis() / IDLE_TICKS,
                        TICK.toMillis(),
                        IDLE_TICK_MOST.toMillis()));
    }

    private static String words(Duration duration) {
        return duration.toSeconds() % 60 == 0 && duration.toMinutes() > 0
                ? duration.toMinutes() + " min"
                : duration.toSeconds() + " s";
    }
}
