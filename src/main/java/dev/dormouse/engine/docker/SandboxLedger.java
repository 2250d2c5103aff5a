package dev.dormouse.engine.docker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which sandboxes there are, and what each is there for: ready, used by one instance, or to be
 * removed. Asks nobody and waits for nothing. Safe on any thread.
 */
final class SandboxLedger {
    private enum Phase {
        /** Its instance is being started: no list shows it yet. */
        STARTING,
        LIVING,
        /** Its end was seen while its instance lived. */
        BROKEN
    }

    private record Use(UUID containerId, String instanceId, Phase phase) {
        Use in(Phase next) {
            return new Use(containerId, instanceId, next);
        }
    }

    /**
     * What was known at one moment.
     *
     * @param all of them
     * @param settled those in which an instance lived
     * @param making the name of the one that was being made
     */
    record Known(Set<String> all, Set<String> settled, String making) {}

    /** For one that is nearly full, and the next. */
    private static final int BRIDGES = 2;

    private final int most;
    private final Object lock = new Object();

    // all guarded by the lock
    private final Deque<Sandbox> ready = new ArrayDeque<>();
    private final Map<String, Use> used = new HashMap<>();
    private final Set<String> doomed = new HashSet<>();
    private String making = "";
    private boolean wanted;
    private int starts;
    private long lastStart;

    /**
     * @param most how many are kept ready on a bridge; on all of them together, twice as many
     * @param now by the clock of the starts
     */
    SandboxLedger(int most, long now) {
        this.most = most;
        this.lastStart = now;
    }

    void startBegins() {
        synchronized (lock) {
            starts++;
        }
    }

    /** What was taken for it and is neither lived in nor given back goes. */
    void startEnds(String instanceId, long now) {
        synchronized (lock) {
            starts--;
            lastStart = now;
            wanted = true;
            Set<String> left =
                    used.entrySet().stream()
                            .filter(one -> one.getValue().phase() == Phase.STARTING)
                            .filter(one -> one.getValue().instanceId().equals(instanceId))
                            .map(Map.Entry::getKey)
                            .collect(Collectors.toSet());
            used.keySet().removeAll(left);
            doomed.addAll(left);
        }
    }

    /** How long to wait at least until none has been started for so long; 0 when that is so. */
    long restUntilQuiet(Duration quiet, long now) {
        synchronized (lock) {
            if (starts > 0) {
                return quiet.toNanos();
            }
            return Math.max(0, lastStart + quiet.toNanos() - now);
        }
    }

    Optional<Sandbox> take(String network, UUID containerId, String instanceId) {
        synchronized (lock) {
            Optional<Sandbox> taken =
                    ready.stream().filter(one -> one.network().equals(network)).findFirst();
            taken.ifPresent(one -> {
                ready.remove(one);
                used.put(one.dockerId(), new Use(containerId, instanceId, Phase.STARTING));
            });
            return taken;
        }
    }

    void settle(String dockerId) {
        synchronized (lock) {
            used.computeIfPresent(
                    dockerId,
                    (_, use) -> use.phase() == Phase.STARTING ? use.in(Phase.LIVING) : use);
        }
    }

    void giveBack(Sandbox sandbox) {
        synchronized (lock) {
            Use use = used.remove(sandbox.dockerId());
            if (use != null && use.phase() == Phase.STARTING && wanted) {
                ready.addFirst(sandbox);
            } else {
                doomed.add(sandbox.dockerId());
            }
        }
    }

    Optional<String> sandboxOf(String instanceId) {
        synchronized (lock) {
            return used.entrySet().stream()
                    .filter(one -> one.getValue().instanceId().equals(instanceId))
                    .map(Map.Entry::getKey)
                    .findFirst();
        }
    }

    /** It is to be removed, and nobody's any more. */
    void end(String dockerId) {
        synchronized (lock) {
            used.remove(dockerId);
            doomed.add(dockerId);
        }
    }

    /** It has been removed. */
    void gone(String dockerId) {
        synchronized (lock) {
            doomed.remove(dockerId);
        }
    }

    Optional<UUID> died(String dockerId) {
        synchronized (lock) {
            if (ready.removeIf(one -> one.dockerId().equals(dockerId))) {
                doomed.add(dockerId);
                return Optional.empty();
            }
            Use use = used.computeIfPresent(dockerId, (_, one) -> one.in(Phase.BROKEN));
            return Optional.ofNullable(use).map(Use::containerId);
        }
    }

    boolean isBroken(String dockerId) {
        synchronized (lock) {
            Use use = used.get(dockerId);
            return use != null && use.phase() == Phase.BROKEN;
        }
    }

    Known known() {
        synchronized (lock) {
            Set<String> all = new HashSet<>(used.keySet());
            ready.forEach(one -> all.add(one.dockerId()));
            all.addAll(doomed);
            Set<String> settled =
                    used.entrySet().stream()
                            .filter(one -> one.getValue().phase() != Phase.STARTING)
                            .map(Map.Entry::getKey)
                            .collect(Collectors.toSet());
            return new Known(all, settled, making);
        }
    }

    /**
     * Compares with what the engine lists: finds those that came with a restart of the server, and
     * those that became nobody's.
     *
     * @param before what was known when the list was asked for
     */
    void observed(Known before, SandboxList list) {
        synchronized (lock) {
            wanted |= list.inUse();
            list.lodgers()
                    .forEach((id, lodger) -> {
                        if (!doomed.contains(id) && !before.all().contains(id)) {
                            used.putIfAbsent(
                                    id,
                                    new Use(
                                            lodger.containerId(),
                                            lodger.instanceId(),
                                            Phase.LIVING));
                        }
                    });
            Set<String> lived = list.lodgers().keySet();
            list.sandboxes().forEach(one -> sort(one, before, lived));
            forget(
                    before,
                    list.sandboxes().stream()
                            .map(SandboxList.Seen::dockerId)
                            .collect(Collectors.toSet()),
                    lived);
        }
    }

    private void sort(SandboxList.Seen one, Known before, Set<String> lived) {
        String id = one.dockerId();
        if (doomed.contains(id) || isBeingMade(one, before)) {
            return;
        }
        if (used.containsKey(id)) {
            if (before.settled().contains(id) && !lived.contains(id)) {
                used.remove(id);
                doomed.add(id);
            }
            return;
        }
        Optional<Sandbox> known = ready(id);
        if (known.isPresent()) {
            if (one.running().isEmpty()) {
                ready.remove(known.get());
                doomed.add(id);
            }
            return;
        }
        if (before.all().contains(id)) {
            return; // it was removed meanwhile
        }
        Optional<Sandbox> found = one.running();
        if (found.isPresent() && readyOn(found.get().network()) < most && hasRoom()) {
            ready.add(found.get());
        } else {
            doomed.add(id);
        }
    }

    /** What the engine no longer shows, though it was there before. */
    private void forget(Known before, Set<String> shown, Set<String> lived) {
        ready.removeIf(
                one -> before.all().contains(one.dockerId()) && !shown.contains(one.dockerId()));
        doomed.removeIf(id -> before.all().contains(id) && !shown.contains(id));
        used.entrySet()
                .removeIf(one ->
                        before.settled().contains(one.getKey())
                                && !shown.contains(one.getKey())
                                && !lived.contains(one.getKey()));
    }

    private boolean isBeingMade(SandboxList.Seen one, Known before) {
        return one.name().equals(making) || one.name().equals(before.making());
    }

    private Optional<Sandbox> ready(String id) {
        return ready.stream().filter(one -> one.dockerId().equals(id)).findFirst();
    }

    Set<String> doomed() {
        synchronized (lock) {
            return Set.copyOf(doomed);
        }
    }

    /** Whether the bridge, which is where the next instance will live, has too few. */
    boolean wantsMore(String network) {
        synchronized (lock) {
            return wanted && readyOn(network) < most;
        }
    }

    private long readyOn(String network) {
        return ready.stream().filter(one -> one.network().equals(network)).count();
    }

    private boolean hasRoom() {
        return ready.size() < BRIDGES * most;
    }

    /** The name of the one that is being made; empty when there is none. */
    void making(String name) {
        synchronized (lock) {
            making = name;
        }
    }

    /** It is ready; where there are too many in all, one of another bridge's goes. */
    void made(Sandbox sandbox) {
        synchronized (lock) {
            if (!hasRoom()) {
                ready.stream()
                        .filter(one -> !one.network().equals(sandbox.network()))
                        .findFirst()
                        .ifPresent(one -> {
                            ready.remove(one);
                            doomed.add(one.dockerId());
                        });
            }
            ready.add(sandbox);
        }
    }

    void clear() {
        synchronized (lock) {
            wanted = false;
            ready.clear();
            used.clear();
            doomed.clear();
        }
    }
}
