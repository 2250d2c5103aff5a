/** Certificates: issued, given, renewed, chosen. */
@NullMarked
package dev.dormouse.tls;

import org.jspecify.annotations.NullMarked;
