/** Rules that hold for the whole program. */
@NullMarked
package dev.dormouse;

import org.jspecify.annotations.NullMarked;
