package dev.dormouse.reconcile;

import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.Container;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Start;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Starts one container's instances, each timed from what caused it. Used by its pass alone, but for
 * what {@link Demand} lets anybody do.
 */
final class Starts {
    private final Fleet fleet;
    private final SpecBuilder specs;
    private final Surroundings around;
    private final Demand demand = new Demand();

    Starts(Fleet fleet, SpecBuilder specs, Surroundings around) {
        this.fleet = fleet;
        this.specs = specs;
        this.around = around;
    }

    Demand demand() {
        return demand;
    }

    /** Starts one more instance of the revision. */
    void start(
            Container wanted, List<Revision> revisions, int number, String because, Instant now) {
        of(revisions, number)
                .ifPresent(revision -> {
                    Demand.Why why =
                            demand.next(
                                    revision,
                                    fleet.roster().active(number),
                                    wanted.service().minScale(),
                                    live(revisions),
                                    now);
                    start(specs.spec(wanted, revision), revision, why, because, now);
                });
    }

    /** Starts one that nobody needs yet. */
    void startSpare(
            Container wanted, List<Revision> revisions, int number, String because, Instant now) {
        Demand.Why why = new Demand.Why(Start.Cause.STANDBY, now, Optional.empty());
        of(revisions, number)
                .ifPresent(revision ->
                        start(specs.spec(wanted, revision), revision, why, because, now));
    }

    private static Optional<Revision> of(List<Revision> revisions, int number) {
        return revisions.stream().filter(revision -> revision.number() == number).findFirst();
    }

    private void start(
            InstanceSpec spec, Revision revision, Demand.Why why, String because, Instant now) {
        StartWatch.Order order =
                new StartWatch.Order(
                        spec.instanceId(),
                        spec.revision(),
                        why.cause(),
                        because,
                        why.since().plus(around.wallAhead()));
        fleet.start(spec, revision.image(), StartWatch.of(order, why, around.clock()), now);
    }

    /** A pass ends in which so many were wanted of what serves. */
    void settle(List<Revision> revisions, int wanted) {
        demand.settle(
                live(revisions).filter(one -> fleet.roster().active(one.number()) >= wanted),
                revisions);
    }

    private static Optional<Revision> live(List<Revision> revisions) {
        return revisions.stream()
                .filter(revision -> revision.state() == Revision.State.LIVE)
                .findFirst();
    }
}
