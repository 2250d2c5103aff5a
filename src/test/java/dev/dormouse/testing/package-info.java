/** Fakes and tools that tests share. */
@NullMarked
package dev.dormouse.testing;

import org.jspecify.annotations.NullMarked;
