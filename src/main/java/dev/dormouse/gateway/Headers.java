package dev.dormouse.gateway;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which headers pass the gateway, in both directions. Pure. */
final class Headers {
    static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("X-Request-ID");
    static final CharSequence TOKEN = HttpHeaders.createOptimized("X-Auth-Token");
    static final CharSequence FORWARDED = HttpHeaders.createOptimized("Forwarded");
    static final CharSequence FORWARDED_FOR = HttpHeaders.createOptimized("X-Forwarded-For");
    static final CharSequence FORWARDED_PROTO = HttpHeaders.createOptimized("X-Forwarded-Proto");
    static final CharSequence FORWARDED_HOST = HttpHeaders.createOptimized("X-Forwarded-Host");
    static final CharSequence SERVER_TIMING = HttpHeaders.createOptimized("Server-Timing");

    /** With the value 1 it asks for {@code Server-Timing} in the answer. */
    static final CharSequence WANTS_TIMING = HttpHeaders.createOptimized("Dormouse-Server-Timing");

    static final CharSequence TRACE_PARENT = HttpHeaders.createOptimized("traceparent");
    static final CharSequence TRACE_STATE = HttpHeaders.createOptimized("tracestate");

    private static final CharSequence TE = HttpHeaders.createOptimized("TE");
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

    /** Never forwarded, or set by the gateway itself. */
    private static final Set<String> OWN =
            Set.of(
                    "x-auth-token",
                    "host",
                    "x-request-id",
                    "forwarded",
                    "x-forwarded-for",
                    "x-forwarded-proto",
                    "x-forwarded-host",
                    "dormouse-server-timing");

    /** About framing, routing, who asks or how: too late after the body (RFC 9110, 6.5.1). */
    private static final Set<String> NEVER_LATE =
            Set.of(
                    "authorization",
                    "cache-control",
                    "content-encoding",
                    "content-length",
                    "content-range",
                    "content-type",
                    "cookie",
                    "expect",
                    "if-match",
                    "if-modified-since",
                    "if-none-match",
                    "if-range",
                    "if-unmodified-since",
                    "max-forwards",
                    "pragma",
                    "range",
                    "traceparent",
                    "tracestate",
                    "trailer");

    private static final HeaderNames NOT_OF_ANSWERS = HeaderNames.of(List.of(HOP_BY_HOP));
    private static final HeaderNames NOT_OF_REQUESTS = HeaderNames.of(List.of(HOP_BY_HOP, OWN));
    private static final HeaderNames NOT_OF_TRAILERS =
            HeaderNames.of(List.of(HOP_BY_HOP, OWN, NEVER_LATE));

    private Headers() {}

    /** Copies what a client says to its container. */
    static void copyRequest(MultiMap from, MultiMap to) {
        copy(from, to, NOT_OF_REQUESTS);
    }

    /** Copies what a client says behind its request's body. */
    static void copyTrailers(MultiMap from, MultiMap to) {
        copy(from, to, NOT_OF_TRAILERS);
    }

    /** Copies what a container says to its client. */
    static void copyAnswer(MultiMap from, MultiMap to) {
        copy(from, to, NOT_OF_ANSWERS);
    }

    /** Those of HTTP/1.1 as they were read, without a String of each. */
    private static void copy(MultiMap from, MultiMap to, HeaderNames leftOut) {
        Set<String> nominated = nominated(from);
        if (from instanceof io.netty.handler.codec.http.HttpHeaders asRead) {
            asRead.iteratorCharSequence()
                    .forEachRemaining(header ->
                            copy(header.getKey(), header.getValue(), to, leftOut, nominated));
        } else {
            for (Map.Entry<String, String> header : from) {
                copy(header.getKey(), header.getValue(), to, leftOut, nominated);
            }
        }
    }

    private static void copy(
            CharSequence name,
            CharSequence value,
            MultiMap to,
            HeaderNames leftOut,
            Set<String> nominated) {
        boolean stays =
                leftOut.contains(name)
                        || (!nominated.isEmpty()
                                && nominated.contains(name.toString().toLowerCase(Locale.ROOT)));
        if (!stays) {
            to.add(name, value);
        }
    }

    /** The client first, each proxy after it. */
    static String forwardedFor(MultiMap from, String client) {
        if (!from.contains(FORWARDED_FOR)) {
            return client;
        }
        List<String> all = new ArrayList<>(all(from, FORWARDED_FOR));
        all.add(client);
        return String.join(", ", all);
    }

    /** Whether the headers ask for this connection to become a WebSocket. */
    static boolean asksForWebSocket(MultiMap headers) {
        return "websocket".equalsIgnoreCase(headers.get(HttpHeaders.UPGRADE))
                && nominated(headers).contains("upgrade");
    }

    /** Whether a body follows a request with these headers (RFC 9112, 6.3). */
    static boolean announceBody(MultiMap headers) {
        if (headers.contains(HttpHeaders.TRANSFER_ENCODING)) {
            return true;
        }
        String length = headers.get(HttpHeaders.CONTENT_LENGTH);
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
        for (int i = 0; i < reason.length(); i++) {
            if (reason.charAt(i) < ' ' || reason.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** Whether the call is one of gRPC, whose errors are not HTTP's. */
    static boolean isGrpc(MultiMap headers) {
        String type = headers.get(HttpHeaders.CONTENT_TYPE);
        return type != null && type.regionMatches(true, 0, GRPC, 0, GRPC.length());
    }

    /** Whether the client takes trailers, which gRPC's servers want to be told. */
    static boolean takesTrailers(MultiMap headers) {
        return split(all(headers, TE)).contains("trailers");
    }

    /** The values of a header, none if there is none, whatever the version. */
    static List<String> all(MultiMap headers, CharSequence name) {
        List<String> all = headers.getAll(name);
        return all == null ? List.of() : all;
    }

    private static Set<String> nominated(MultiMap headers) {
        String only = headers.get(HttpHeaders.CONNECTION);
        if (only == null || only.equalsIgnoreCase("keep-alive") || only.equalsIgnoreCase("close")) {
            List<String> all = only == null ? List.of() : all(headers, HttpHeaders.CONNECTION);
            return all.size() < 2 ? Set.of() : split(all);
        }
        return split(headers.getAll(HttpHeaders.CONNECTION));
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
