/**
 * What tests of every package build upon: fakes that behave, images and registries that are real.
 */
@NullMarked
package dev.dormouse.testing;

import org.jspecify.annotations.NullMarked;
