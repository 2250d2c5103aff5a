/** The commands a person types that talk to a running server over its API. Uses config only. */
@NullMarked
package dev.dormouse.cli;

import org.jspecify.annotations.NullMarked;
