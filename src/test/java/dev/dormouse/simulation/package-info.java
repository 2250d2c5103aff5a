/**
 * A simulation of many containers by events: what calls them, what their instances cost, and what
 * decides when these start, stand still and stop. {@code bench/simulate} runs it; the server's own
 * autoscaler and planner come to it through {@code SimulatedLoop} in {@code reconcile}. One thread,
 * no clock but its own, and every chance from a seed.
 */
@NullMarked
package dev.dormouse.simulation;

import org.jspecify.annotations.NullMarked;
