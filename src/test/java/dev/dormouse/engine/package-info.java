/** The engine's contract as one suite, which the fake and the drivers pass. */
@NullMarked
package dev.dormouse.engine;

import org.jspecify.annotations.NullMarked;
