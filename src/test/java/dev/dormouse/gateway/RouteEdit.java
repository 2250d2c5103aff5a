package dev.dormouse.gateway;

import dev.dormouse.model.Options;
import dev.dormouse.model.Privacy;
import dev.dormouse.model.Protocol;
import dev.dormouse.model.Route;
import dev.dormouse.model.Route.Target;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A route with what is said of it changed, one after another. */
final class RouteEdit {
    private final Route before;
    private long version;
    private Privacy privacy;
    private Protocol protocol;
    private boolean httpsOnly;
    private int concurrency;
    private int queue;
    private Duration timeout;
    private List<Target> targets;
    private Set<String> frozen;
    private Optional<String> unavailable;
    private Options options;

    RouteEdit(Route route) {
        before = route;
        version = route.version();
        privacy = route.privacy();
        protocol = route.protocol();
        httpsOnly = route.httpsOnly();
        concurrency = route.instanceConcurrency();
        queue = route.queueDepthMax();
        timeout = route.timeout();
        targets = route.instances();
        frozen = route.frozen();
        unavailable = route.unavailable();
        options = route.options();
    }

    Route route() {
        return new Route(
                before.containerId(),
                before.projectId(),
                before.namespace(),
                before.name(),
                version,
                before.host(),
                privacy,
                protocol,
                httpsOnly,
                concurrency,
                queue,
                timeout,
                targets,
                frozen,
                unavailable,
                options);
    }

    RouteEdit version(long newVersion) {
        version = newVersion;
        return this;
    }

    RouteEdit targets(Instance... instances) {
        return targets(Arrays.stream(instances).map(Instance::target).toArray(Target[]::new));
    }

    RouteEdit targets(Target... all) {
        targets = List.of(all);
        return this;
    }

    /** These alone must be woken first. */
    RouteEdit frozen(Instance... instances) {
        frozen =
                Arrays.stream(instances)
                        .map(one -> one.target().instanceId())
                        .collect(Collectors.toSet());
        return this;
    }

    RouteEdit concurrency(int most) {
        concurrency = most;
        return this;
    }

    RouteEdit queue(int most) {
        queue = most;
        return this;
    }

    RouteEdit timeout(Duration most) {
        timeout = most;
        return this;
    }

    RouteEdit isPrivate() {
        privacy = Privacy.PRIVATE;
        return this;
    }

    RouteEdit h2c() {
        protocol = Protocol.H2C;
        return this;
    }

    RouteEdit httpsOnly() {
        httpsOnly = true;
        return this;
    }

    RouteEdit unavailable(String why) {
        unavailable = Optional.of(why);
        return this;
    }

    /** With these tags alone. */
    RouteEdit tags(String... tags) {
        options = Options.of(List.of(tags));
        return this;
    }
}
