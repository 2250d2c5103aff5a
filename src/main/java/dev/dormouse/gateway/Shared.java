package dev.dormouse.gateway;

import java.util.function.LongSupplier;

/** What all event loops have in common; safe on any thread. */
record Shared(
        GatewaySettings settings,
        Guards guards,
        Meters unroutedMeters,
        Ledger ledger,
        LongSupplier nanos) {}
