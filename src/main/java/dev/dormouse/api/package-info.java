/**
 * The REST API: one class per resource, the JSON shapes, errors and paging. Uses model, config,
 * telemetry, auth, store and the engine's contract.
 */
@NullMarked
package dev.dormouse.api;

import org.jspecify.annotations.NullMarked;
