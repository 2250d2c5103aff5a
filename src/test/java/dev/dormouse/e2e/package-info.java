/** Whole stories, told to a server process of its own on a real Docker Engine. */
@NullMarked
package dev.dormouse.e2e;

import org.jspecify.annotations.NullMarked;
