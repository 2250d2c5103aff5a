/** Who is calling and what they may do. Uses model and config. */
@NullMarked
package dev.dormouse.auth;

import org.jspecify.annotations.NullMarked;
