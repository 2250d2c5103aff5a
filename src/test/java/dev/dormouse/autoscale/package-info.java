/** The autoscaler's decisions. */
@NullMarked
package dev.dormouse.autoscale;

import org.jspecify.annotations.NullMarked;
