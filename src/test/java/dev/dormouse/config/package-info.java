/** Settings. */
@NullMarked
package dev.dormouse.config;

import org.jspecify.annotations.NullMarked;
