/**
 * The SQL and its migrations, nothing else: the one home of desired state. Uses model and config.
 *
 * <p>{@link dev.dormouse.store.Store} hands out {@link dev.dormouse.store.Tables} inside a
 * transaction: reads run on the caller's thread over a small pool, writes one after another on the
 * one writer thread. Values that are secret are sealed before they reach a statement. The stored
 * form (column names, JSON names, names of constants) is written out by hand here and does not
 * follow the names of Java.
 */
@NullMarked
package dev.dormouse.store;

import org.jspecify.annotations.NullMarked;
