/** What an operator and a user see: metrics and the containers' own logs. Uses model and config. */
@NullMarked
package dev.dormouse.telemetry;

import org.jspecify.annotations.NullMarked;
