package dev.dormouse.model;

import java.time.Duration;

/**
 * The part of a container's specification that concerns how it is scaled and served: it takes
 * effect on the running instances at once, without a rollout.
 *
 * @param timeout the longest that one request may take
 * @param httpsOnly plain HTTP is redirected to HTTPS
 */
public record Service(
        int minScale,
        int maxScale,
        Scaling scaling,
        Duration timeout,
        Privacy privacy,
        boolean httpsOnly) {}
