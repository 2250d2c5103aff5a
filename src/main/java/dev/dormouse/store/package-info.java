/**
 * The SQL and its migrations, nothing else: the one home of desired state. Uses model and config.
 */
@NullMarked
package dev.dormouse.store;

import org.jspecify.annotations.NullMarked;
