package dev.dormouse.gateway;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which headers pass the gateway, in both directions. Pure. */
final class Headers {
    static final String REQUEST_ID = "X-Request-ID";
    static final String TOKEN = "X-Auth-Token";
    static final String FORWARDED_FOR = "X-Forwarded-For";
    static final String FORWARDED_PROTO = "X-Forwarded-Proto";
    static final String FORWARDED_HOST = "X-Forwarded-Host";
    static final String SERVER_TIMING = "Server-Timing";

    /** With the value 1 it asks for {@code Server-Timing} in the answer. */
    static final String WANTS_TIMING = "Dormouse-Server-Timing";

    static final String TRACE_PARENT = "traceparent";
    static final String TRACE_STATE = "tracestate";

    private static final String GRPC = "application/grpc";

    /** Said of one connection, not of the message (RFC 9110, 7.6.1). */
    private static final Set<String> HOP_BY_HOP =
            Set.of(
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "proxy-authenticate",
                    "proxy-authorization",
                    "te",
                    "transfer-encoding",
                    "upgrade");

    /** Never forwarded, or set by the gateway itself; trailers of requests do not pass. */
    private static final Set<String> OWN =
            Set.of(
                    "x-auth-token",
                    "host",
                    "trailer",
                    "x-request-id",
                    "x-forwarded-for",
                    "dormouse-server-timing");

    private Headers() {}

    /** Copies what a client says to its container. */
    static void copyRequest(MultiMap from, MultiMap to) {
        Set<String> nominated = nominated(from);
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !OWN.contains(name) && !nominated.contains(name)) {
                to.add(header.getKey(), header.getValue());
            }
        }
    }

    /** Copies what a container says to its client. */
    static void copyAnswer(MultiMap from, MultiMap to) {
        Set<String> nominated = nominated(from);
        for (Map.Entry<String, String> header : from) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !nominated.contains(name)) {
                to.add(header.getKey(), header.getValue());
            }
        }
    }

    /** The client first, each proxy after it. */
    static String forwardedFor(MultiMap from, String client) {
        List<String> before = all(from, FORWARDED_FOR);
        if (before.isEmpty()) {
            return client;
        }
        List<String> all = new ArrayList<>(before);
        all.add(client);
        return String.join(", ", all);
    }

    /** Whether the headers ask for this connection to become a WebSocket. */
    static boolean asksForWebSocket(MultiMap headers) {
        return "websocket".equalsIgnoreCase(headers.get("Upgrade"))
                && nominated(headers).contains("upgrade");
    }

    /** Whether a body follows a request with these headers (RFC 9112, 6.3). */
    static boolean announceBody(MultiMap headers) {
        if (headers.contains("Transfer-Encoding")) {
            return true;
        }
        String length = headers.get("Content-Length");
        return length != null && !length.equals("0");
    }

    /** Whether errors are told in plain text; JSON is for everybody who does not mind. */
    static boolean wantsText(@Nullable String accept) {
        if (accept == null) {
            return false;
        }
        String wanted = accept.toLowerCase(Locale.ROOT);
        return wanted.contains("text/") && !wanted.contains("json");
    }

    /** Whether the text after a status code can be sent on as it is. */
    static boolean isCleanReason(String reason) {
        return reason.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    /** Whether the call is one of gRPC, whose errors are not HTTP's. */
    static boolean isGrpc(MultiMap headers) {
        String type = headers.get("Content-Type");
        return type != null && type.regionMatches(true, 0, GRPC, 0, GRPC.length());
    }

    /** Whether the client takes trailers, which gRPC's servers want to be told. */
    static boolean takesTrailers(MultiMap headers) {
        return split(all(headers, "TE")).contains("trailers");
    }

    /** The values of a header, none if there is none, whatever the version. */
    static List<String> all(MultiMap headers, String name) {
        List<String> all = headers.getAll(name);
        return all == null ? List.of() : all;
    }

    private static Set<String> nominated(MultiMap headers) {
        String only = headers.get("Connection");
        if (only == null || only.equalsIgnoreCase("keep-alive") || only.equalsIgnoreCase("close")) {
            List<String> all = only == null ? List.of() : all(headers, "Connection");
            return all.size() < 2 ? Set.of() : split(all);
        }
        return split(headers.getAll("Connection"));
    }

    private static Set<String> split(List<String> values) {
        Set<String> names = new HashSet<>();
        for (String value : values) {
            for (String name : value.split(",", -1)) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
