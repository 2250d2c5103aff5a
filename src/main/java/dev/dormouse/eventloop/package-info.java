/**
 * The event loops that the gateway and the API serve on, made so that they cost nothing at rest.
 * Uses nothing of ours.
 */
@NullMarked
package dev.dormouse.eventloop;

import org.jspecify.annotations.NullMarked;
