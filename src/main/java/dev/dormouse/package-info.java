/** The server: {@code Main} is its table of contents. */
@NullMarked
package dev.dormouse;

import org.jspecify.annotations.NullMarked;
