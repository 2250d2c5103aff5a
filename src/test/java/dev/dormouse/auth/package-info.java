/** Tests of who is let in and what they may do. */
@NullMarked
package dev.dormouse.auth;

import org.jspecify.annotations.NullMarked;
