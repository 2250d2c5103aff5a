/** The control loop's decisions and their carrying out. */
@NullMarked
package dev.dormouse.reconcile;

import org.jspecify.annotations.NullMarked;
