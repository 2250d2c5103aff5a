/** The doctor. */
@NullMarked
package dev.dormouse.doctor;

import org.jspecify.annotations.NullMarked;
