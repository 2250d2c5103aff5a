/**
 * Settings from one file and the environment, typed and with units. Every mistake is collected and
 * told at once, before any port opens. Uses nothing else of ours.
 */
@NullMarked
package dev.dormouse.config;

import org.jspecify.annotations.NullMarked;
