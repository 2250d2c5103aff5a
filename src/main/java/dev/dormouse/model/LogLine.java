package dev.dormouse.model;

import java.time.Instant;

/**
 * One line that a container's process wrote.
 *
 * @param stream {@code stdout} or {@code stderr}
 * @param text the line without its line break
 */
public record LogLine(Instant at, String instanceId, String stream, String text) {}
