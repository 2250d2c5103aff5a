/**
 * What a container engine must do for us: a narrow contract plus capabilities. Which engine it is,
 * nobody but {@code Main} knows. Uses model, config and telemetry.
 */
@NullMarked
package dev.dormouse.engine;

import org.jspecify.annotations.NullMarked;
