package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Network;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The isolated bridges that instances live on: each reaches the outside and none reaches another.
 * When one is full, the next is opened. Safe on any thread.
 */
final class Bridges {
    private static final Logger LOG = LoggerFactory.getLogger(Bridges.class);

    private final Session session;
    private final Set<Integer> present = ConcurrentHashMap.newKeySet();

    /** One looks and creates at a time: the engine takes two at once for a conflict of bridges. */
    private final Semaphore turn = new Semaphore(1);

    private final Object lock = new Object();

    /** Which bridge each instance lives on; guarded by {@link #lock}. */
    private final Map<String, Integer> places = new HashMap<>();

    Bridges(Session session) {
        this.session = session;
    }

    /** Gives the instance a place on a bridge that exists, and returns the bridge's name. */
    String reserve(String instanceId) {
        int index;
        synchronized (lock) {
            index = firstWithRoom();
            places.put(instanceId, index);
        }
        return ensure(index);
    }

    /** Where the next instance will live, unless that bridge is still to be made. */
    Optional<String> next() {
        synchronized (lock) {
            int index = firstWithRoom();
            return present.contains(index) ? Optional.of(name(index)) : Optional.empty();
        }
    }

    void release(String instanceId) {
        synchronized (lock) {
            places.remove(instanceId);
        }
    }

    /** Takes over what the engine shows: which instances there are, and where they live. */
    void observed(Map<String, String> networksByInstance, Set<String> starting) {
        synchronized (lock) {
            Set<String> known = new HashSet<>(networksByInstance.keySet());
            known.addAll(starting);
            places.keySet().retainAll(known);
            networksByInstance.forEach((instance, network) ->
                    indexOf(network).ifPresent(index -> places.put(instance, index)));
        }
    }

    /** Looks again before the next use, since somebody removed one. */
    void forget() {
        present.clear();
    }

    /**
     * Whether the engine's bridges are this machine's own: the interface of the first bridge, whose
     * name nobody else uses, is here and holds the bridge's gateway address.
     */
    boolean areHere() {
        ensure(0);
        Network network = inspect(name(0));
        try {
            NetworkInterface bridge = NetworkInterface.getByName(interfaceName(0));
            return bridge != null
                    && gateways(network)
                            .anyMatch(gateway ->
                                    bridge.inetAddresses()
                                            .anyMatch(one -> one.getHostAddress().equals(gateway)));
        } catch (SocketException e) {
            return false;
        }
    }

    /** How the names of this server's bridges begin on the engine's machine, and no others'. */
    String interfaces() {
        return "dm-" + session.shortId();
    }

    /**
     * Removes every bridge of this server. One that the engine does not let go of is left, with a
     * warning: something else is on it, or Docker has miscounted what is, which it does when many
     * leave at once and notices when it is restarted.
     */
    void removeAll() {
        List<Network> ours =
                session.call(() ->
                        session.client()
                                .listNetworksCmd()
                                .withFilter("label", List.of(session.mark()))
                                .exec());
        forget();
        ours.forEach(this::remove);
    }

    private void remove(Network network) {
        try {
            session.call(() -> session.client().removeNetworkCmd(network.getId()).exec());
        } catch (NotFoundException e) {
            return;
        } catch (DockerException e) {
            EngineException refused = Refusals.general("removing a network", e);
            if (refused.kind() != Kind.REFUSED) {
                throw refused;
            }
            LOG.atWarn().log("The network {} is left: {}", network.getName(), whyItStays(network));
        }
    }

    private String whyItStays(Network network) {
        List<String> there;
        try {
            there =
                    inspect(network.getId()).getContainers().values().stream()
                            .map(Network.ContainerNetworkConfig::getName)
                            .toList();
        } catch (DockerException gone) {
            return "the engine does not say why";
        }
        return there.isEmpty()
                ? "nothing is on it, but the engine says so only once it is restarted;"
                        + " then remove it with \"docker network rm\""
                : String.join(", ", there) + " of somebody else's is on it";
    }

    private int firstWithRoom() {
        Map<Integer, Long> taken = new HashMap<>();
        places.values().forEach(index -> taken.merge(index, 1L, Long::sum));
        int index = 0;
        while (taken.getOrDefault(index, 0L) >= session.settings().instancesPerNetworkMax()) {
            index++;
        }
        return index;
    }

    private String ensure(int index) {
        String name = name(index);
        if (present.contains(index)) {
            return name;
        }
        awaitTurn();
        try {
            if (!present.contains(index)) {
                createUnlessThere(index);
                present.add(index);
            }
            return name;
        } finally {
            turn.release();
        }
    }

    private void awaitTurn() {
        try {
            Duration limit = session.settings().startTimeout();
            if (!turn.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new EngineException(
                        Kind.UNREACHABLE, "the instances' network could not be had in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(
                    Kind.UNREACHABLE, "the wait for the instances' network was interrupted", e);
        }
    }

    private void createUnlessThere(int index) {
        try {
            inspect(name(index));
        } catch (NotFoundException absent) {
            create(index);
        }
    }

    private Network inspect(String nameOrId) {
        return session.call(
                () -> session.client().inspectNetworkCmd().withNetworkId(nameOrId).exec());
    }

    private void create(int index) {
        try {
            session.call(() ->
                    session.client()
                            .createNetworkCmd()
                            .withName(name(index))
                            .withDriver("bridge")
                            .withCheckDuplicate(true)
                            .withLabels(Map.of(Labels.SERVER, session.serverId()))
                            .withOptions(
                                    Map.of(
                                            "com.docker.network.bridge.name",
                                            interfaceName(index),
                                            "com.docker.network.bridge.enable_icc",
                                            "false"))
                            .exec());
        } catch (DockerException e) {
            throw Refusals.general("creating a network", e);
        }
    }

    private String name(int index) {
        return "dormouse-" + session.shortId() + (index == 0 ? "" : "-" + (index + 1));
    }

    /** At most 15 characters. */
    private String interfaceName(int index) {
        return interfaces() + (index == 0 ? "" : "-" + (index + 1));
    }

    private Optional<Integer> indexOf(String network) {
        String first = name(0);
        if (network.equals(first)) {
            return Optional.of(0);
        }
        return network.matches(first + "-\\d{1,4}")
                ? Optional.of(Integer.parseInt(network.substring(first.length() + 1)) - 1)
                : Optional.empty();
    }

    private static Stream<String> gateways(Network network) {
        return network.getIpam().getConfig().stream()
                .map(Network.Ipam.Config::getGateway)
                .filter(gateway -> gateway != null && !gateway.isEmpty());
    }
}
