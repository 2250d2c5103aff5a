/**
 * The data plane: accept, route, guard, gate, balance, forward, drain. Touches neither the database
 * nor the engine: it serves the routes it was last given. Uses model, config, telemetry and auth.
 */
@NullMarked
package dev.dormouse.gateway;

import org.jspecify.annotations.NullMarked;
