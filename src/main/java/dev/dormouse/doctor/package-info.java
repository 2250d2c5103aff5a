/**
 * What {@code dormouse doctor} looks at, and what it advises. Works with the server up or down, and
 * changes nothing. Uses config and the engine's contract; {@code Main} hands it the engine's words.
 */
@NullMarked
package dev.dormouse.doctor;

import org.jspecify.annotations.NullMarked;
