package dev.dormouse.autoscale;

import java.time.Instant;
import java.util.Optional;

/**
 * How many instances should be awake.
 *
 * @param because why, in words for people
 * @param memory to be handed in with the next decision
 * @param reviewAt when the answer may change though nobody calls; empty when it will not
 */
public record Decision(int instances, String because, Memory memory, Optional<Instant> reviewAt) {}
