/**
 * The engine contract over the Docker Engine API (Docker 20.10 and later, and sockets compatible
 * with it). {@link DockerEngine} is the door; behind it, calls go through {@link Calls} (a deadline
 * each), creation through {@link CreationRequest} (the hardened profile), reading through {@link
 * Observation} (labels and addresses back into instances). Nothing outside this package knows
 * Docker. Uses the engine contract, model and config.
 */
@NullMarked
package dev.dormouse.engine.docker;

import org.jspecify.annotations.NullMarked;
