package dev.dormouse.simulation;

import dev.dormouse.model.Traffic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One container's requests: each is given a place, or waits in line for one. After {@code
 * gateway.ContainerGate}, whose rules these are, without its threads.
 */
public final class Gate {
    private final EventQueue queue;
    private final Costs costs;
    private final Ledger ledger;
    private final Profile profile;
    private final Choice choice;
    private final SplittableRandom random;
    private final List<Place> places = new ArrayList<>(1);
    private final Deque<Waiting> line = new ArrayDeque<>(1);
    private @Nullable Scaler scaler;
    private int inFlight;
    private int peak;
    private long started;
    private int turn;
    private int ids;

    /** Which of the instances with room is taken. */
    public enum Choice {
        /** The one with the fewest requests, of equals each in turn; awake ones first. */
        LEAST_LOADED,
        /** The one that was used last, so that others come to rest. */
        LAST_USED
    }

    private record Waiting(long arrival, long service) {}

    Gate(
            EventQueue queue,
            Costs costs,
            Ledger ledger,
            Profile profile,
            Choice choice,
            SplittableRandom random) {
        this.queue = queue;
        this.costs = costs;
        this.ledger = ledger;
        this.profile = profile;
        this.choice = choice;
        this.random = random;
    }

    void attach(Scaler decider) {
        scaler = decider;
    }

    private Scaler scaler() {
        if (scaler == null) {
            throw new IllegalStateException("nobody scales it");
        }
        return scaler;
    }

    public EventQueue queue() {
        return queue;
    }

    public Ledger ledger() {
        return ledger;
    }

    /**
     * For what takes an uncertain time; another than that of the calls, which no policy changes.
     */
    public SplittableRandom random() {
        return random;
    }

    public int inFlight() {
        return inFlight;
    }

    public int waiting() {
        return line.size();
    }

    /** All instances that are not gone. */
    public List<Place> places() {
        return places;
    }

    /** Those that are not on their way out. */
    public int staying() {
        int count = 0;
        for (Place place : places) {
            count += place.isLeaving ? 0 : 1;
        }
        return count;
    }

    /** A request comes. */
    void call(long service) {
        ledger.asked++;
        started++;
        Place free = line.isEmpty() ? free() : null;
        if (free != null) {
            admit(free, queue.now(), service, false);
            scaler().enters();
        } else if (line.size() >= profile.queueDepthMax()) {
            ledger.refused++;
        } else {
            line.add(new Waiting(queue.now(), service));
            peak = Math.max(peak, inFlight + line.size());
            scaler().waits();
        }
    }

    private void admit(Place place, long arrival, long service, boolean hasWaited) {
        long now = queue.now();
        inFlight++;
        place.inFlight++;
        place.usedAt = now;
        peak = Math.max(peak, inFlight + line.size());
        if (place.isAsleep) {
            wake(place);
        }
        long begin = Math.max(now, place.awakeAt);
        ledger.admitted(way(place, arrival, begin, hasWaited), arrival, begin - arrival);
        queue.at(begin + service, () -> release(place));
    }

    private static Ledger.Way way(Place place, long arrival, long begin, boolean hasWaited) {
        if (hasWaited) {
            return place.readyAt > arrival ? Ledger.Way.COLD : Ledger.Way.QUEUED;
        }
        return begin > arrival ? Ledger.Way.WOKEN : Ledger.Way.WARM;
    }

    private void wake(Place place) {
        long took = wakingTime(place);
        place.isAsleep = false;
        enter(place, Place.State.AWAKE);
        ledger.thawed(queue.now());
        place.awakeAt = queue.now() + took;
        queue.in(took, () -> scaler().woken(place));
    }

    /** How long it would take to wake it now. */
    public long wakingTime(Place place) {
        long thaw = costs.thaw().draw(random);
        return place.state == Place.State.DEEP ? thaw + costs.deep().more().toNanos() : thaw;
    }

    private void release(Place place) {
        inFlight--;
        place.inFlight--;
        place.usedAt = queue.now();
        ledger.answered++;
        dispatch();
        scaler().leaves(place);
    }

    private void dispatch() {
        while (!line.isEmpty()) {
            Place free = free();
            if (free == null) {
                return;
            }
            Waiting first = line.removeFirst();
            admit(free, first.arrival, first.service, true);
        }
    }

    private @Nullable Place free() {
        return choice == Choice.LEAST_LOADED ? leastLoaded() : lastUsed();
    }

    private @Nullable Place leastLoaded() {
        int most = profile.requestsPerInstance();
        int start = places.size() > 1 ? turn++ & Integer.MAX_VALUE : 0;
        Place best = null;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < places.size(); i++) {
            Place one = places.get((start + i) % places.size());
            int weight = one.isAsleep ? one.inFlight + most : one.inFlight;
            if (one.isRouted && one.inFlight < most && weight < least) {
                best = one;
                least = weight;
            }
        }
        return best;
    }

    private @Nullable Place lastUsed() {
        Place best = null;
        for (Place one : places) {
            if (one.isRouted
                    && one.inFlight < profile.requestsPerInstance()
                    && (best == null || one.usedAt > best.usedAt)) {
                best = one;
            }
        }
        return best;
    }

    /** An instance is being started. */
    public Place add() {
        Place place = new Place(profile.number() + "-" + ids++, queue.now());
        places.add(place);
        ledger.started(queue.now());
        if (staying() > profile.maxScale()) {
            ledger.beyondMost++;
        }
        return place;
    }

    /** It has come up for the first time, or is needed again: those who wait may have it. */
    public void open(Place place) {
        if (!place.isRouted) {
            place.isRouted = true;
            place.readyAt = Math.min(place.readyAt, queue.now());
            dispatch();
        }
    }

    /** It stands still, and is woken by the first request that takes a place on it. */
    public void openAsleep(Place place) {
        if (!place.isRouted) {
            place.isAsleep = true;
            open(place);
        }
    }

    /** It stands still, unless a request has woken it meanwhile. */
    public void rests(Place place) {
        if (place.state == Place.State.AWAKE && !place.isRouted) {
            enter(place, Place.State.FROZEN);
        }
    }

    /** Its memory has been pushed out, unless a request has woken it meanwhile. */
    public void sinks(Place place) {
        if (place.state == Place.State.FROZEN) {
            enter(place, Place.State.DEEP);
        }
    }

    /** It takes no more requests for now. */
    public void close(Place place) {
        place.isRouted = false;
    }

    /** It takes no more requests for ever. */
    public void leave(Place place) {
        close(place);
        place.isLeaving = true;
    }

    /** Somebody else has woken it. */
    public void goesOn(Place place) {
        place.isAsleep = false;
        if (place.state != Place.State.AWAKE) {
            enter(place, Place.State.AWAKE);
            ledger.thawed(queue.now());
        }
    }

    /** What it costs from now on. */
    public void enter(Place place, Place.State state) {
        long memory = profile.memoryBytes();
        long held = place.state == Place.State.DEEP ? costs.deep().held(memory) : memory;
        ledger.enter(place, state, held, queue.now());
        if (state == Place.State.GONE) {
            places.remove(place);
        }
    }

    /** As the server's gateway tells its control loop; begins the next period. */
    public Traffic read() {
        Traffic told = new Traffic(inFlight, line.size(), peak, started, perInstance());
        peak = inFlight + line.size();
        started = 0;
        return told;
    }

    private Map<String, Integer> perInstance() {
        if (inFlight == 0) {
            return Map.of();
        }
        Map<String, Integer> perInstance = new HashMap<>();
        for (Place place : places) {
            if (place.inFlight > 0) {
                perInstance.put(place.id(), place.inFlight);
            }
        }
        return perInstance;
    }
}
