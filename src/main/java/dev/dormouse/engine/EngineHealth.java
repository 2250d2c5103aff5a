package dev.dormouse.engine;

import java.time.Instant;

/**
 * Whether the engine answers.
 *
 * @param description the engine and its version, for people; where it was looked for until it has
 *     answered once
 * @param answers whether it did when it was last asked
 * @param since since when that is so
 * @param because why it does not answer; empty while it does, and before it was asked
 */
public record EngineHealth(String description, boolean answers, Instant since, String because) {}
