/** The Docker driver against a real engine, and its pure parts alone. */
@NullMarked
package dev.dormouse.engine.docker;

import org.jspecify.annotations.NullMarked;
