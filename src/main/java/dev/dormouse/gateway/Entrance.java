package dev.dormouse.gateway;

import dev.dormouse.config.Listen;
import java.util.Optional;

/**
 * A port that clients come in by.
 *
 * @param tls how it speaks TLS, if it does
 */
record Entrance(Listen listen, Optional<Tls> tls) {}
