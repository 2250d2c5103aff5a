/**
 * The control loop: observe, decide, plan, act, publish. The planner is pure. Uses model, config,
 * telemetry, store, engine and autoscale.
 */
@NullMarked
package dev.dormouse.reconcile;

import org.jspecify.annotations.NullMarked;
