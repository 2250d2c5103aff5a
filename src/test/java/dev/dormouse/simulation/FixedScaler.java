package dev.dormouse.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Starts as many instances as requests need that wait, and stops each when it had none for a fixed
 * time: what most platforms of functions are said to do.
 */
final class FixedScaler implements Scaler {
    private final Profile profile;
    private final Gate gate;
    private final Machine machine;
    private final long keep;
    private final Map<Place, Moment> ends = new HashMap<>(1);

    private FixedScaler(Profile profile, Gate gate, Machine machine, Duration keep) {
        this.profile = profile;
        this.gate = gate;
        this.machine = machine;
        this.keep = keep.toNanos();
    }

    static Policy keeping(Duration keep) {
        return (_, machine) -> (profile, gate) -> new FixedScaler(profile, gate, machine, keep);
    }

    @Override
    public void waits() {
        int needed = profile.instancesFor(gate.inFlight() + gate.waiting());
        for (int has = gate.staying(); has < needed; has++) {
            Place place = gate.add();
            machine.start(profile, gate.random(), () -> up(place));
        }
    }

    private void up(Place place) {
        ends.put(place, new Moment(gate.queue(), () -> endIfIdle(place)));
        gate.open(place);
        leaves(place);
    }

    @Override
    public void leaves(Place place) {
        Moment end = ends.get(place);
        if (place.inFlight() == 0 && end != null) {
            end.set(gate.queue().now() + keep);
        }
    }

    private void endIfIdle(Place place) {
        if (place.inFlight() == 0) {
            ends.remove(place);
            gate.leave(place);
            gate.queue()
                    .in(
                            machine.costs().stop().toNanos(),
                            () -> gate.enter(place, Place.State.GONE));
        }
    }
}
