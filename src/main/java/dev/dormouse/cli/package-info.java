/**
 * The commands a person types that talk to a running server over its API. A process of its own, not
 * part of the server: blocking, on one thread. Uses config only.
 */
@NullMarked
package dev.dormouse.cli;

import org.jspecify.annotations.NullMarked;
