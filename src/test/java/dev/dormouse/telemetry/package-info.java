/** Logs and metrics. */
@NullMarked
package dev.dormouse.telemetry;

import org.jspecify.annotations.NullMarked;
