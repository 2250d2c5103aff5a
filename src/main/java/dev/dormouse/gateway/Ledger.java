package dev.dormouse.gateway;

import dev.dormouse.model.Route;
import dev.dormouse.telemetry.Access;
import dev.dormouse.telemetry.AccessLog;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every request is entered once it has ended: in the meters and, where it is asked for, in
 * the access log. Safe on any thread.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    /** What web servers say of a client that left before there was an answer. */
    private static final int CLIENT_LEFT = 499;

    /** Characters of what a client may make as long as it likes. */
    private static final int PATH_MAX = 2048;

    private static final int TEXT_MAX = 512;

    private final AccessLog log;
    private final InstantSource clock;
    private final boolean trustedProxy;

    Ledger(AccessLog log, InstantSource clock, boolean trustedProxy) {
        this.log = log;
        this.clock = clock;
        this.trustedProxy = trustedProxy;
    }

    /**
     * One that has ended.
     *
     * @param cut whether its answer was not given, or not to its end
     */
    void enter(Exchange exchange, boolean cut, long nanos) {
        int status = exchange.request().response().getStatusCode();
        Dialect dialect = Dialect.of(exchange);
        count(exchange, status, dialect, cut, nanos);
        ContainerGate gate = exchange.gate();
        Route route = gate == null ? null : gate.route();
        if (isTold(route)) {
            log.tell(access(exchange, route, dialect, cut, nanos));
        }
        if (LOG.isDebugEnabled()) {
            LOG.atDebug()
                    .addKeyValue("request_id", exchange.requestId())
                    .addKeyValue("host", exchange.request().getHeader("Host"))
                    .addKeyValue("method", exchange.request().method())
                    .addKeyValue("uri", exchange.request().uri())
                    .addKeyValue("status", status)
                    .addKeyValue("micros", nanos / 1000)
                    .log(cut ? "request cut short" : "request answered");
        }
    }

    private static void count(
            Exchange exchange, int status, Dialect dialect, boolean cut, long nanos) {
        Meters meters = exchange.meters();
        if (cut) {
            meters.cut(dialect, nanos);
        } else {
            meters.answered(status, dialect, nanos);
        }
        for (Part part : Part.ALL) {
            long spent = exchange.course().nanos(part);
            if (spent > 0) {
                meters.spent(part, spent);
            }
        }
    }

    /** What comes to no container goes by the setting alone. */
    private boolean isTold(@Nullable Route route) {
        if (route == null) {
            return log.isOnByDefault();
        }
        return switch (route.options().accessLog()) {
            case UNSAID -> log.isOnByDefault();
            case ON -> true;
            case OFF -> false;
        };
    }

    private Access access(
            Exchange exchange, @Nullable Route route, Dialect dialect, boolean cut, long nanos) {
        return new Access(
                clock.instant().minusNanos(nanos),
                exchange.requestId(),
                callee(exchange, route),
                asked(exchange, dialect),
                answered(exchange, cut),
                new Access.Spent(nanos, parts(exchange.course()), exchange.course().retries()));
    }

    private static Access.Callee callee(Exchange exchange, @Nullable Route route) {
        if (route == null) {
            String host =
                    exchange.isHttp2()
                            ? Objects.toString(exchange.request().authority(), "")
                            : exchange.request().getHeader("Host");
            return new Access.Callee("", "", "", bounded(host, TEXT_MAX), "");
        }
        InstanceSlots instance = exchange.course().instance();
        return new Access.Callee(
                route.containerId().toString(),
                route.namespace(),
                route.name(),
                route.host(),
                instance == null ? "" : instance.target().instanceId());
    }

    private Access.Asked asked(Exchange exchange, Dialect dialect) {
        HttpServerRequest request = exchange.request();
        return new Access.Asked(
                bounded(request.method().name(), TEXT_MAX),
                bounded(withoutQuery(request.uri()), PATH_MAX),
                exchange.isHttp2() ? "HTTP/2.0" : "HTTP/1.1",
                dialect.label(),
                bounded(client(request), TEXT_MAX),
                bounded(withoutQuery(request.getHeader("Referer")), TEXT_MAX),
                bounded(request.getHeader("User-Agent"), TEXT_MAX),
                exchange.bytesIn());
    }

    private static Access.Answered answered(Exchange exchange, boolean cut) {
        Cause cause = exchange.course().cause();
        boolean silent = cut && !exchange.request().response().headWritten();
        return new Access.Answered(
                silent ? CLIENT_LEFT : exchange.request().response().getStatusCode(),
                cause == null ? "" : cause.type(),
                cut,
                exchange.bytesOut());
    }

    private static List<Access.Part> parts(Course course) {
        List<Access.Part> parts = new ArrayList<>();
        for (Part part : Part.ALL) {
            long nanos = course.nanos(part);
            if (nanos > 0) {
                parts.add(new Access.Part(part.label(), nanos));
            }
        }
        return parts;
    }

    /** Who is at the other end, or at that of the proxy in front. */
    private String client(HttpServerRequest request) {
        if (trustedProxy) {
            List<String> seen = Headers.all(request.headers(), Headers.FORWARDED_FOR);
            if (!seen.isEmpty()) {
                String last = seen.getLast();
                return last.substring(last.lastIndexOf(',') + 1).strip();
            }
        }
        SocketAddress address = request.remoteAddress();
        return address == null ? "" : String.valueOf(address.hostAddress());
    }

    private static @Nullable String withoutQuery(@Nullable String target) {
        if (target == null) {
            return null;
        }
        int end = 0;
        while (end < target.length() && "?#".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        return target.substring(0, end);
    }

    private static String bounded(@Nullable String text, int most) {
        if (text == null) {
            return "";
        }
        return text.length() > most ? text.substring(0, most) : text;
    }
}
