package dev.dormouse.engine.docker;

import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import java.util.Map;
import java.util.Optional;

/**
 * A network namespace on one of our bridges that waits for an instance, or has one.
 *
 * @param dockerId of the container that holds it
 * @param network the bridge's name
 * @param address the one that the instance in it is reached by
 */
record Sandbox(String dockerId, String network, String address) {
    /** What a running container of the engine's list is good for; empty where it has no address. */
    static Optional<Sandbox> of(Container running) {
        var settings = running.getNetworkSettings();
        var networks = settings == null ? null : settings.getNetworks();
        if (networks == null) {
            return Optional.empty();
        }
        return networks.entrySet().stream()
                .flatMap(joined -> of(running.getId(), joined).stream())
                .findFirst();
    }

    private static Optional<Sandbox> of(
            String dockerId, Map.Entry<String, ContainerNetwork> joined) {
        return Optional.ofNullable(joined.getValue().getIpAddress())
                .filter(address -> !address.isEmpty())
                .map(address -> new Sandbox(dockerId, joined.getKey(), address));
    }
}
