package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Granted;
import dev.dormouse.model.Protocol;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The leg of an exchange to one instance: connect, send, relay, both bodies streamed at the pace of
 * the slower side. Tells the exchange once how it ended, and nothing after {@link #cancel}.
 */
final class Forwarding {
    /** How long an instance may leave {@code Expect: 100-continue} without a word. */
    private static final Duration CONTINUE_TIMEOUT = Duration.ofSeconds(1);

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int INFORMATIONAL_END = 200;
    private static final int SUCCESS_END = 300;
    private static final int NOT_MODIFIED = 304;
    private static final int STATUS_MAX = 999;

    /** Sending these twice is like sending them once (RFC 9110, 9.2.2). */
    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(
                    HttpMethod.GET,
                    HttpMethod.HEAD,
                    HttpMethod.OPTIONS,
                    HttpMethod.TRACE,
                    HttpMethod.PUT,
                    HttpMethod.DELETE);

    private final Exchange exchange;
    private final Loop loop;
    private final Granted granted;
    private final InstanceSlots instance;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private @Nullable HttpClientRequest outgoing;
    private boolean atOnce;
    private boolean onUsedConnection;
    private boolean repeated;
    private boolean pumping;
    private boolean cancelled;

    Forwarding(Exchange exchange, Loop loop, Granted granted, InstanceSlots instance) {
        this.exchange = exchange;
        this.loop = loop;
        this.granted = granted;
        this.instance = instance;
        this.request = exchange.request();
        this.response = request.response();
    }

    void connect() {
        connect(loop.instances().request(instance.target(), protocol()));
    }

    private void connect(Future<HttpClientRequest> made) {
        atOnce = made.isComplete();
        made.onComplete(this::connected);
    }

    /** An upgrade to a WebSocket is HTTP/1.1's, whatever else the container speaks. */
    private Protocol protocol() {
        return exchange.isWebSocket() ? Protocol.HTTP1 : granted.gate().route().protocol();
    }

    /** What the instance works on is no longer wanted. */
    void cancel() {
        cancelled = true;
        HttpClientRequest leg = outgoing;
        outgoing = null;
        if (leg != null) {
            leg.reset(Exchange.CANCEL);
        }
    }

    private void connected(AsyncResult<HttpClientRequest> made) {
        if (made.failed()) {
            if (!cancelled) {
                exchange.connectFailed(made.cause());
            }
            return;
        }
        HttpClientRequest leg = made.result();
        leg.exceptionHandler(_ -> {}); // the answer's future tells the same
        if (cancelled) {
            leg.reset();
            return;
        }
        instance.reached();
        onUsedConnection = loop.instances().isUsed(leg.connection());
        if (onUsedConnection && !isHarmlessTwice() && Instances.isLeft(leg.connection())) {
            leg.reset();
            connectAfresh();
            return;
        }
        outgoing = leg;
        send(leg);
    }

    private void send(HttpClientRequest leg) {
        if (onUsedConnection && atOnce) {
            exchange.course().sendsAtOnce(loop.now());
        } else {
            exchange.course().sends(loop.now());
        }
        leg.setMethod(request.method()).setURI(granted.path());
        MultiMap headers = leg.headers();
        Headers.copyRequest(request.headers(), headers);
        loop.forwarded().apply(exchange, granted.host(), headers);
        if (protocol() == Protocol.H2C) {
            headers.remove("Host");
            leg.authority(HostAndPort.parseAuthority(granted.host(), -1));
            if (Headers.takesTrailers(request.headers())) {
                headers.set("te", "trailers");
            }
        }
        if (exchange.isWebSocket()) {
            upgrade(leg);
            return;
        }
        leg.earlyHintsHandler(this::hint);
        leg.response().onComplete(this::answered);
        if (!exchange.hasBody()) {
            leg.end();
        } else {
            leg.setChunked(!headers.contains("Content-Length"));
            if (expectsContinue()) {
                awaitContinue(leg);
            } else {
                if (leg.isChunked()) {
                    leg.writeHead(); // its body may wait for the answer's
                }
                pump(leg);
            }
        }
    }

    /** HTTP/2's request for a WebSocket has no key (RFC 8441, 5). */
    private void upgrade(HttpClientRequest leg) {
        MultiMap headers = leg.headers();
        headers.set("Connection", "Upgrade").set("Upgrade", "websocket");
        if (exchange.isHttp2()) {
            headers.set("Sec-WebSocket-Key", loop.ids().webSocketKey());
        }
        leg.connect().onComplete(this::answered);
    }

    private void hint(MultiMap headers) {
        if (!cancelled && !response.headWritten()) {
            MultiMap hints = MultiMap.caseInsensitiveMultiMap();
            Headers.copyAnswer(headers, hints);
            response.writeEarlyHints(hints);
        }
    }

    private boolean expectsContinue() {
        return exchange.hasBody() && "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
    }

    /** The body is asked for when the instance asks for it, or says nothing for a while. */
    private void awaitContinue(HttpClientRequest leg) {
        leg.continueHandler(_ -> continueWith(leg));
        leg.writeHead();
        loop.after(CONTINUE_TIMEOUT.toMillis(), () -> continueWith(leg));
    }

    private void continueWith(HttpClientRequest leg) {
        if (!cancelled && !pumping && !response.headWritten()) {
            response.writeContinue();
            pump(leg);
        }
    }

    /**
     * How this ends says nothing of its own: a client that leaves closes the response, an instance
     * that leaves fails the answer.
     */
    private void pump(HttpClientRequest leg) {
        pumping = true;
        request.pipe().endOnFailure(false).to(leg);
    }

    private void answered(AsyncResult<HttpClientResponse> result) {
        if (cancelled) {
            return;
        }
        if (result.failed()) {
            failed(result.cause());
            return;
        }
        instance.answered();
        exchange.course().stops(loop.now());
        HttpClientResponse answer = result.result();
        answer.exceptionHandler(_ -> {}); // until the pipe listens: a cut by ourselves
        int status = answer.statusCode();
        if (status == SWITCHING_PROTOCOLS && exchange.isWebSocket()) {
            exchange.sign(response.headers());
            Tunnel.open(exchange, answer);
        } else if (status < INFORMATIONAL_END || status > STATUS_MAX || seemsUpgraded(status)) {
            exchange.instanceFailed(new ProtocolException("not an answer"));
        } else {
            relay(answer, status);
        }
    }

    /** In HTTP/2 a success would tell the client that it has its WebSocket. */
    private boolean seemsUpgraded(int status) {
        return exchange.isWebSocket() && exchange.isHttp2() && status < SUCCESS_END;
    }

    /**
     * A connection that the instance closed while this request was on its way to it looks like a
     * failed request; where sending it again does no harm, that is done, once and on a connection
     * of its own: a second failure is the request's.
     */
    private void failed(Throwable why) {
        outgoing = null;
        if (onUsedConnection && !repeated && isHarmlessTwice() && granted.gate().mayRetry()) {
            repeated = true;
            exchange.course().retried();
            exchange.course().connects(instance, loop.now());
            connectAfresh();
        } else {
            instance.broke(loop.now());
            exchange.instanceFailed(why);
        }
    }

    private void connectAfresh() {
        connect(loop.instances().requestAfresh(instance.target(), protocol()));
    }

    private boolean isHarmlessTwice() {
        return !exchange.hasBody() && IDEMPOTENT.contains(request.method());
    }

    private void relay(HttpClientResponse answer, int status) {
        response.setStatusCode(status);
        String reason = answer.statusMessage();
        if (!exchange.isHttp2()
                && status != NOT_MODIFIED
                && Headers.isCleanReason(reason)
                && !reason.equals(response.getStatusMessage())) {
            response.setStatusMessage(reason);
        }
        Headers.copyAnswer(answer.headers(), response.headers());
        exchange.sign(response.headers());
        if (expectsContinue() && !pumping && !exchange.isHttp2()) {
            // Nobody asked for the body, so that what comes next may be it or another request.
            response.headers().set("Connection", "close");
        }
        loop.execute(this::sendHeadAlone);
        answer.pipe()
                .endOnSuccess(false)
                .endOnFailure(false)
                .to(response)
                .onComplete(piped -> relayed(answer, piped));
    }

    /** An answer whose body lets wait for itself (events, long polls) shows its head at once. */
    private void sendHeadAlone() {
        if (!cancelled && !response.headWritten() && !response.closed()) {
            response.writeHead();
        }
    }

    private void relayed(HttpClientResponse answer, AsyncResult<Void> piped) {
        if (cancelled) {
            return;
        }
        if (piped.failed()) {
            exchange.instanceFailed(piped.cause());
            return;
        }
        if (!answer.trailers().isEmpty() && (exchange.isHttp2() || response.isChunked())) {
            Headers.copyAnswer(answer.trailers(), response.trailers());
        }
        if (!exchange.hasBody() || request.isEnded()) {
            outgoing = null; // complete on both sides: its connection may be used again
        }
        exchange.instanceDone();
    }
}
