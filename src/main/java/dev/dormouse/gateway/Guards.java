package dev.dormouse.gateway;

import dev.dormouse.auth.KeyRing;
import dev.dormouse.gateway.Passage.Fixed;
import dev.dormouse.gateway.Passage.Granted;
import dev.dormouse.gateway.Passage.Redirect;
import dev.dormouse.model.Privacy;
import dev.dormouse.model.Route;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/**
 * What stands before the gate, in the order in which a request meets it: version, host, route,
 * https, key. No container is woken by a request that does not get past here.
 */
final class Guards {
    private final Routes routes;
    private final KeyRing keys;
    private final InstantSource clock;
    private final GatewaySettings settings;

    Guards(GatewaySettings settings, Routes routes, KeyRing keys, InstantSource clock) {
        this.settings = settings;
        this.routes = routes;
        this.keys = keys;
        this.clock = clock;
    }

    Passage examine(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            return examineHttp2(request);
        }
        if (request.version() != HttpVersion.HTTP_1_1) {
            return Words.oldVersion();
        }
        if (!hasClearFraming(request)) {
            return Words.invalid(
                    "its Transfer-Encoding is not chunked, so nobody knows where it ends.");
        }
        List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
        if (hosts.size() != 1) {
            return Words.invalid("it needs exactly one Host header.");
        }
        if (request.method().equals(HttpMethod.CONNECT)) {
            return Words.invalid("this is not a proxy, so CONNECT is not understood.");
        }
        String target = request.uri();
        if (target.startsWith("/") || target.equals("*")) {
            return route(request, hosts.getFirst(), target);
        }
        return absolute(request, target);
    }

    /** That its authority and its Host say the same has been seen to by Vert.x. */
    private Passage examineHttp2(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        if (authority == null || Headers.all(request.headers(), "host").size() > 1) {
            return Words.invalid("it needs one authority.");
        }
        String target = request.uri();
        if (request.method().equals(HttpMethod.CONNECT)) {
            return Words.invalid("this is not a proxy, so CONNECT is not understood.");
        }
        if (!target.startsWith("/") && !target.equals("*")) {
            return Words.invalid("the path must begin with a slash.");
        }
        return route(request, authority.toString(), target);
    }

    /**
     * What is neither chunked alone nor of a known length, others may read as another request (RFC
     * 9112, 6.3).
     */
    private static boolean hasClearFraming(HttpServerRequest request) {
        List<String> codings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        return codings.isEmpty()
                || (codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("chunked"));
    }

    /** The target is a whole URL; its host counts, not the header (RFC 9112, 3.2.2). */
    private Passage absolute(HttpServerRequest request, String target) {
        int authority = target.indexOf("://") + 3;
        String scheme = target.substring(0, Math.max(0, authority - 3));
        if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
            return Words.invalid("the request target must begin with a slash or be a URL.");
        }
        int path = authority;
        while (path < target.length() && "/?".indexOf(target.charAt(path)) < 0) {
            path++;
        }
        String rest = target.substring(path);
        return route(
                request,
                target.substring(authority, path),
                rest.startsWith("/") ? rest : "/" + rest);
    }

    private Passage route(HttpServerRequest request, String host, String path) {
        if (!isVisible(path)) {
            return Words.invalid("the request target holds a space or a control character.");
        }
        ContainerGate gate = routes.find(host);
        if (gate == null) {
            return routes.incomplete().map(Words::notYet).orElseGet(() -> Words.unknownHost(host));
        }
        Route route = gate.route();
        if (route.httpsOnly() && !isHttps(request)) {
            boolean plain =
                    request.method().equals(HttpMethod.GET)
                            || request.method().equals(HttpMethod.HEAD);
            return new Redirect(
                    plain ? 301 : 308, settings.server().endpoints().httpsUrl(route.host()) + path);
        }
        if (route.privacy() == Privacy.PRIVATE && !mayCall(request, route)) {
            return Words.permissionDenied();
        }
        OptionalInt asleep =
                gate.isAsleep()
                        ? route.options().asleepAnswers().to(request.method().name(), path)
                        : OptionalInt.empty();
        return asleep.isPresent()
                ? new Fixed(asleep.getAsInt())
                : new Granted(gate, host, ascii(path));
    }

    private static boolean isVisible(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) <= ' ' || path.charAt(i) == 0x7f) {
                return false;
            }
        }
        return true;
    }

    /**
     * Clients such as curl send UTF-8 as it is; its bytes, here one to a character, are escaped.
     */
    private static String ascii(String path) {
        if (isAscii(path)) {
            return path;
        }
        StringBuilder escaped = new StringBuilder(path.length() + 16);
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < 0x7f) {
                escaped.append(c);
            } else {
                escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            }
        }
        return escaped.toString();
    }

    private static boolean isAscii(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    private boolean isHttps(HttpServerRequest request) {
        return request.isSSL()
                || (settings.trustedProxy()
                        && "https".equalsIgnoreCase(request.getHeader(Headers.FORWARDED_PROTO)));
    }

    private boolean mayCall(HttpServerRequest request, Route route) {
        String token = request.getHeader(Headers.TOKEN);
        return token != null && keys.mayCall(token, route.projectId(), clock.instant());
    }
}
