package dev.dormouse.reconcile;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.model.Container;
import dev.dormouse.model.Protocol;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Route;
import dev.dormouse.model.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the gateway is told of a container. */
final class RouteBuilder {
    private static final int QUEUE_FACTOR = 10;
    private static final int QUEUE_LEAST = 100;

    private final ServerSettings server;

    RouteBuilder(ServerSettings server) {
        this.server = server;
    }

    Route route(
            Container container,
            List<Revision> revisions,
            Roster roster,
            Map<Integer, Failures> failures,
            Instant now) {
        Optional<Revision> live =
                revisions.stream()
                        .filter(revision -> revision.state() == Revision.State.LIVE)
                        .findFirst();
        List<Route.Target> targets =
                live.map(revision -> roster.targets(revision.number())).orElse(List.of());
        int concurrency = container.requestsPerInstance();
        int queue =
                Math.max(QUEUE_LEAST, QUEUE_FACTOR * container.service().maxScale() * concurrency);
        return new Route(
                container.id(),
                container.projectId(),
                container.name(),
                Math.addExact(now.getEpochSecond() * 1_000_000_000, now.getNano()),
                server.endpoints().hostOf(container.hostLabel(), container.region()),
                container.service().privacy(),
                live.map(revision -> revision.workload().protocol()).orElse(Protocol.HTTP1),
                container.service().httpsOnly(),
                concurrency,
                queue,
                container.service().timeout(),
                targets,
                live.map(revision -> roster.asleep(revision.number())).orElse(Set.of()),
                targets.isEmpty() ? unavailable(container, live, failures, now) : Optional.empty(),
                container.options());
    }

    private static Optional<String> unavailable(
            Container container,
            Optional<Revision> live,
            Map<Integer, Failures> failures,
            Instant now) {
        if (live.isEmpty()) {
            return container.status() == Status.ERROR
                    ? Optional.of(container.errorMessage())
                    : Optional.empty();
        }
        return failures.getOrDefault(live.get().number(), Failures.NONE).told(now);
    }

    /** Whether two routes differ in nothing but their version. */
    static boolean saysTheSame(Route one, Route other) {
        return one.equals(withVersion(other, one.version()));
    }

    static Route withVersion(Route route, long version) {
        return new Route(
                route.containerId(),
                route.projectId(),
                route.name(),
                version,
                route.host(),
                route.privacy(),
                route.protocol(),
                route.httpsOnly(),
                route.instanceConcurrency(),
                route.queueDepthMax(),
                route.timeout(),
                route.instances(),
                route.frozen(),
                route.unavailable(),
                route.options());
    }
}
