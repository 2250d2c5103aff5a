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
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which sandboxes there are, and what each is there for: ready, used by one instance, or doomed.
 * Only what this process made is ever ready, and what is doomed stays so: to doom one too many, or
 * one that is gone, does no harm. Asks nobody and waits for nothing. Safe on any thread.
 */
final class SandboxLedger {
    /**
     * Who has one.
     *
     * @param lives false while the instance is being started: no list shows it yet
     */
    private record Use(UUID containerId, String instanceId, boolean lives) {}

    /**
     * What was known at one moment.
     *
     * @param ready those that waited
     * @param livedIn those in which an instance lived
     * @param making the name of the one that was being made
     */
    record Known(Set<String> ready, Set<String> livedIn, String making) {}

    /** For one that is nearly full, and the next. */
    private static final int BRIDGES = 2;

    /** For one that starts after a long sleep, and another beside it. */
    private static final int LEAST = 2;

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
    private final BusiestMinute busiest;

    /**
     * @param most how many are kept ready on a bridge, where so many instances start within a
     *     minute; on all bridges together, twice as many
     * @param now by the clock of the starts
     */
    SandboxLedger(int most, long now) {
        this.most = most;
        this.busiest = new BusiestMinute(most);
        this.lastStart = now;
    }

    void startBegins() {
        synchronized (lock) {
            starts++;
        }
    }

    /** What was taken for it and is not lived in goes. */
    void startEnds(String instanceId, long now) {
        synchronized (lock) {
            starts--;
            lastStart = now;
            busiest.started(now);
            wanted = true;
            doom(usedBy(use -> !use.lives() && use.instanceId().equals(instanceId)));
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
                used.put(one.dockerId(), new Use(containerId, instanceId, false));
            });
            return taken;
        }
    }

    /** Its instance lives in it; returns false if it was doomed meanwhile. */
    boolean settle(String dockerId) {
        synchronized (lock) {
            Use use =
                    used.computeIfPresent(
                            dockerId,
                            (_, one) -> new Use(one.containerId(), one.instanceId(), true));
            return use != null;
        }
    }

    Optional<String> sandboxOf(String instanceId) {
        synchronized (lock) {
            return usedBy(use -> use.instanceId().equals(instanceId)).stream().findFirst();
        }
    }

    /** It is to be removed, and serves nobody any more; returns whose container it served. */
    Optional<UUID> end(String dockerId) {
        synchronized (lock) {
            ready.removeIf(one -> one.dockerId().equals(dockerId));
            doomed.add(dockerId);
            return Optional.ofNullable(used.remove(dockerId)).map(Use::containerId);
        }
    }

    /** It has ended by itself; returns whose container it served. */
    Optional<UUID> died(String dockerId) {
        synchronized (lock) {
            return used.containsKey(dockerId) || isReady(dockerId)
                    ? end(dockerId)
                    : Optional.empty();
        }
    }

    /** It has been removed. */
    void gone(String dockerId) {
        synchronized (lock) {
            doomed.remove(dockerId);
        }
    }

    boolean isDoomed(String dockerId) {
        synchronized (lock) {
            return doomed.contains(dockerId);
        }
    }

    Set<String> doomed() {
        synchronized (lock) {
            return Set.copyOf(doomed);
        }
    }

    Known known() {
        synchronized (lock) {
            return new Known(
                    ready.stream().map(Sandbox::dockerId).collect(Collectors.toSet()),
                    usedBy(Use::lives),
                    making);
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
            doom(
                    ready.stream()
                            .map(Sandbox::dockerId)
                            .filter(before.ready()::contains)
                            .filter(id -> !list.isRunning(id))
                            .collect(Collectors.toSet()));
            Set<String> left = usedBy(Use::lives);
            left.retainAll(before.livedIn());
            left.removeAll(list.lodgers().keySet());
            doom(left);
            for (SandboxList.Seen one : list.sandboxes()) {
                if (!isKnown(one.dockerId()) && !isBeingMade(one, before)) {
                    sort(one.dockerId(), list);
                }
            }
        }
    }

    /**
     * One from before this process. What nobody lives in may have been lived in: it is not for
     * another.
     */
    private void sort(String dockerId, SandboxList list) {
        SandboxList.Lodger lodger = list.lodgers().get(dockerId);
        if (lodger == null) {
            doomed.add(dockerId);
        } else {
            used.put(dockerId, new Use(lodger.containerId(), lodger.instanceId(), true));
        }
    }

    private boolean isKnown(String id) {
        return used.containsKey(id) || doomed.contains(id) || isReady(id);
    }

    private boolean isReady(String id) {
        return ready.stream().anyMatch(one -> one.dockerId().equals(id));
    }

    private boolean isBeingMade(SandboxList.Seen one, Known before) {
        return one.name().equals(making) || one.name().equals(before.making());
    }

    private Set<String> usedBy(Predicate<Use> whom) {
        return used.entrySet().stream()
                .filter(one -> whom.test(one.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private void doom(Set<String> ids) {
        ids.forEach(this::end);
    }

    /** Whether the bridge, which is where the next instance will live, has too few. */
    boolean wantsMore(String network) {
        synchronized (lock) {
            return wanted
                    && ready.stream().filter(one -> one.network().equals(network)).count()
                            < enough();
        }
    }

    /** As many as the busiest minute has needed: what came once comes again. */
    private int enough() {
        return Math.clamp(busiest.starts(), Math.min(LEAST, most), most);
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
            ready.add(sandbox);
            if (ready.size() > BRIDGES * enough()) {
                ready.stream()
                        .filter(one -> !one.network().equals(sandbox.network()))
                        .findFirst()
                        .map(Sandbox::dockerId)
                        .ifPresent(this::end);
            }
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
