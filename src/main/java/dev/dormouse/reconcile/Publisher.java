package dev.dormouse.reconcile;

import dev.dormouse.model.Container;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Route;
import dev.dormouse.model.RouteSink;
import dev.dormouse.model.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells the gateway of one container, when there is something new to tell. Used by the container's
 * pass alone.
 */
final class Publisher {
    private final RouteBuilder routes;
    private final RouteSink sink;
    private @Nullable Route published;

    Publisher(RouteBuilder routes, RouteSink sink) {
        this.routes = routes;
        this.sink = sink;
    }

    void withdraw(UUID containerId) {
        sink.withdraw(containerId);
    }

    /** Returns when the gateway knows which instances serve, and the fleet that it does. */
    void publish(
            Container container,
            List<Revision> revisions,
            Fleet fleet,
            Map<Integer, Failures> failures,
            Instant now) {
        if (container.status() == Status.DELETING) {
            sink.withdraw(container.id());
            return;
        }
        Route route = routes.route(container, revisions, fleet.roster(), failures, now);
        if (published == null || !RouteBuilder.saysTheSame(published, route)) {
            long next = published == null ? 0 : published.version() + 1;
            published = RouteBuilder.withVersion(route, Math.max(route.version(), next));
            sink.publish(published);
        }
        fleet.served(published.instances());
    }
}
