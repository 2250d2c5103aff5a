/**
 * How many instances should be awake: a pure function whose memory is passed in and handed back.
 * Uses model only; has no thread, clock, logger or I/O.
 */
@NullMarked
package dev.dormouse.autoscale;

import org.jspecify.annotations.NullMarked;
