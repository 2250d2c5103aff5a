package dev.dormouse.reconcile;

import dev.dormouse.autoscale.Autoscaler;
import dev.dormouse.autoscale.Decision;
import dev.dormouse.autoscale.Memory;
import dev.dormouse.autoscale.Observation;
import dev.dormouse.model.Container;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Traffic;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many instances one container is to have awake: what is seen of it, what follows, and what is
 * remembered. What its instances use is read only while it is scaled by that and has ready ones,
 * and never in the pass. Used by the container's pass alone.
 */
final class Sizing {
    private static final Logger LOG = LoggerFactory.getLogger(Sizing.class);

    private final UUID containerId;
    private final ReconcileSettings settings;
    private final UsageReader reader;
    private final ExecutorService tasks;
    private final Consumer<Report> reports;
    private final UsageHistory usage;
    private Memory memory = Memory.EMPTY;
    private int wanted;
    private boolean givesWay;
    private boolean isReading;
    private Instant nextReading = Instant.MIN;

    Sizing(UUID containerId, ContainerLoop.Tools tools, Consumer<Report> reports) {
        this.containerId = containerId;
        this.settings = tools.around().settings();
        this.reader = tools.usage();
        this.tasks = tools.fleet().tasks();
        this.reports = reports;
        this.usage = new UsageHistory(settings.usageEvery(), settings.usageWindow());
    }

    Memory memory() {
        return memory;
    }

    /** As if somebody had called just now. */
    void touched(Instant now) {
        memory = memory.touched(now);
    }

    /** What nobody waits for is not needed any more, whatever it does: others need the room. */
    void giveWay(Traffic traffic) {
        if (traffic.peak() == 0) {
            memory = Memory.EMPTY;
            givesWay = true;
        }
    }

    void hear(Report.Measured measured) {
        isReading = false;
        usage.add(measured.readings());
    }

    /** Decides, and has what is needed for the next decision read where that is due. */
    Decision decide(
            Container container,
            List<Revision> revisions,
            Roster roster,
            Traffic traffic,
            Instant now) {
        Optional<Revision> live =
                revisions.stream()
                        .filter(revision -> revision.state() == Revision.State.LIVE)
                        .findFirst();
        List<Tracked> ready =
                live.map(revision -> roster.ready(revision.number())).orElse(List.of());
        usage.keep(ready);
        Observation seen = givesWay ? Observation.of(traffic) : seen(live, ready, traffic, now);
        givesWay = false;
        Decision decision = Autoscaler.decide(settings.scale(container), seen, memory, now);
        memory = decision.memory();
        if (decision.instances() != wanted) {
            LOG.info(
                    "instances wanted container={} instances={} before={} because={}",
                    containerId,
                    decision.instances(),
                    wanted,
                    decision.because());
            wanted = decision.instances();
        }
        Optional<Instant> reading = isMeasured(container) ? read(ready, now) : Optional.empty();
        return new Decision(
                decision.instances(),
                decision.because(),
                memory,
                Stream.concat(decision.reviewAt().stream(), reading.stream())
                        .min(Comparator.naturalOrder()));
    }

    private Observation seen(
            Optional<Revision> live, List<Tracked> ready, Traffic traffic, Instant now) {
        return new Observation(
                traffic,
                ready.size(),
                live.flatMap(one -> usage.cpu(one.workload().mvcpuLimit(), now)),
                live.flatMap(one -> usage.memory(one.workload().memoryLimitBytes(), now)));
    }

    private static boolean isMeasured(Container container) {
        return container.signals().stream()
                .anyMatch(signal -> !(signal instanceof Scaling.Concurrency));
    }

    /** Tells when the next reading is due; the end of one that is under way is heard of. */
    private Optional<Instant> read(List<Tracked> ready, Instant now) {
        if (ready.isEmpty() || isReading) {
            return Optional.empty();
        }
        if (now.isBefore(nextReading)) {
            return Optional.of(nextReading);
        }
        isReading = true;
        nextReading = now.plus(settings.usageEvery());
        List<String> ids = ready.stream().map(one -> one.id).toList();
        tasks.execute(() -> reports.accept(new Report.Measured(reader.read(ids))));
        return Optional.empty();
    }
}
