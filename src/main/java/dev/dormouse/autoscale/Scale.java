package dev.dormouse.autoscale;

import dev.dormouse.model.Scaling;
import java.time.Duration;
import java.util.List;

/**
 * How a container wants to be scaled.
 *
 * @param least never fewer instances than this
 * @param most never more instances than this
 * @param signals what decides between the two, the largest need of all; the requests that one
 *     instance works on at a time are always among them, for no instance takes more
 * @param idleAfter how long the last instance stays after the last request
 */
public record Scale(int least, int most, List<Scaling> signals, Duration idleAfter, Pace pace) {
    /**
     * How fast the number of instances follows what is seen.
     *
     * @param window how long a need is remembered before instances beyond the last are given up
     * @param tolerancePercent how far, in per cent of its threshold, a measured average may be off
     *     before the number is changed
     * @param growth the most by which the number of awake instances is multiplied at a time because
     *     of what they use
     */
    public record Pace(Duration window, int tolerancePercent, int growth) {}

    public Scale {
        signals = List.copyOf(signals);
    }

    /** By requests alone. */
    public static Scale byRequests(
            int least, int most, int requestsPerInstance, Duration idleAfter, Pace pace) {
        return new Scale(
                least,
                most,
                List.of(new Scaling.Concurrency(requestsPerInstance)),
                idleAfter,
                pace);
    }
}
