package dev.dormouse.gateway;

import dev.dormouse.model.Route;
import dev.dormouse.model.Traffic;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which container answers to which host. Any thread; looking up takes no lock. */
final class Routes {
    private final Map<String, ContainerGate> byHost = new ConcurrentHashMap<>();
    private final Map<UUID, ContainerGate> byId = new ConcurrentHashMap<>();

    /** The withdrawn ones of which something may be left; under this object's lock. */
    private final Set<UUID> leaving = new HashSet<>();

    private final Function<Route, ContainerGate> newGate;
    private volatile Optional<String> incomplete =
            Optional.of("the server has only just been started");

    Routes(Function<Route, ContainerGate> newGate) {
        this.newGate = newGate;
    }

    /** By the host of a request: its port, if it is a number, does not matter, nor its case. */
    @Nullable ContainerGate find(String host) {
        int end = host.lastIndexOf(':');
        if (end >= 0 && !isNumber(host, end + 1)) {
            return null;
        }
        String name = end < 0 ? host : host.substring(0, end);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        return byHost.get(name.toLowerCase(Locale.ROOT));
    }

    private static boolean isNumber(String host, int from) {
        for (int i = from; i < host.length(); i++) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** By the container; one that was withdrawn stays until its last request has ended. */
    @Nullable ContainerGate find(UUID containerId) {
        return byId.get(containerId);
    }

    /** Why a host that is not found may be so only for now. */
    Optional<String> incomplete() {
        return incomplete;
    }

    void incomplete(Optional<String> because) {
        incomplete = because;
    }

    synchronized void publish(Route route) {
        ContainerGate gate =
                byId.compute(
                        route.containerId(),
                        (_, known) ->
                                known == null || known.isWithdrawn()
                                        ? newGate.apply(route)
                                        : known);
        String hostBefore = gate.route().host();
        gate.publish(route);
        String host = gate.route().host();
        if (!host.equals(hostBefore)) {
            byHost.remove(hostBefore, gate);
        }
        byHost.put(host, gate);
        leaving.remove(route.containerId());
    }

    synchronized void withdraw(UUID containerId) {
        ContainerGate gate = byId.get(containerId);
        if (gate != null) {
            byHost.remove(gate.route().host(), gate);
            gate.withdraw();
            leaving.add(containerId);
        }
        leaving.removeIf(this::isForgotten);
    }

    /** Of those that leave, forgets one whose last request has ended. */
    private boolean isForgotten(UUID containerId) {
        ContainerGate gate = byId.get(containerId);
        return gate == null || (gate.isForgettable() && byId.remove(containerId, gate));
    }

    Traffic read(UUID containerId) {
        ContainerGate gate = byId.get(containerId);
        if (gate == null) {
            return Traffic.NONE;
        }
        Traffic traffic = gate.read();
        if (gate.isForgettable()) {
            byId.remove(containerId, gate);
        }
        return traffic;
    }
}
