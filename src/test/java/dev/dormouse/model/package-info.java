/** The nouns. */
@NullMarked
package dev.dormouse.model;

import org.jspecify.annotations.NullMarked;
