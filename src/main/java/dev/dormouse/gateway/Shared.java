package dev.dormouse.gateway;

import java.util.function.LongSupplier;

/**
 * What all event loops have in common; safe on any thread.
 *
 * @param missesResets whether the transport may leave untold that a peer has reset a connection:
 *     that of io_uring stops reading just before it would see that
 */
record Shared(
        GatewaySettings settings,
        Guards guards,
        Meters unroutedMeters,
        Ledger ledger,
        LongSupplier nanos,
        boolean missesResets) {}
