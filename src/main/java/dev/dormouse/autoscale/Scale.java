package dev.dormouse.autoscale;

import java.time.Duration;

/**
 * How a container wants to be scaled.
 *
 * @param least never fewer instances than this
 * @param most never more instances than this
 * @param requestsPerInstance how many requests one instance works on at a time
 * @param idleAfter how long the last instance stays after the last request
 * @param window how long a need is remembered before instances beyond the last are given up
 */
public record Scale(
        int least, int most, int requestsPerInstance, Duration idleAfter, Duration window) {}
