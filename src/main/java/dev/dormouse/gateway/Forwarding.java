package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Granted;
import dev.dormouse.model.Protocol;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The leg of an exchange to one instance: connect, send, relay, both bodies streamed at the pace of
 * the slower side. Tells the exchange once how it ended, and nothing after {@link #cancel}.
 */
final class Forwarding implements Leg.Receiver {
    /** How long an instance may leave {@code Expect: 100-continue} without a word. */
    private static final Duration CONTINUE_TIMEOUT = Duration.ofSeconds(1);

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int INFORMATIONAL_END = 200;
    private static final int SUCCESS_END = 300;
    private static final int NOT_MODIFIED = 304;
    private static final int STATUS_MAX = 999;
    private static final Buffer NOTHING = Buffer.buffer();

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
    private @Nullable Leg outgoing;

    /** The first piece of the answer, until more is known: it may be the last. */
    private Buffer held = NOTHING;

    private boolean atOnce;
    private boolean onUsedConnection;
    private boolean repeated;
    private boolean pumping;
    private boolean answering;
    private boolean cancelled;
    private boolean wasOver;

    Forwarding(Exchange exchange, Loop loop, Granted granted, InstanceSlots instance) {
        this.exchange = exchange;
        this.loop = loop;
        this.granted = granted;
        this.instance = instance;
        this.request = exchange.request();
        this.response = request.response();
    }

    /** Once the instance is awake, as it is nearly always. */
    void connect() {
        CompletableFuture<Void> awake = instance.awake();
        if (awake.isDone() && !awake.isCompletedExceptionally()) {
            connectAwake();
        } else {
            exchange.course().wakes(loop.now());
            var _ = awake.whenCompleteAsync((_, failure) -> woken(failure), loop);
        }
    }

    private void woken(@Nullable Throwable failure) {
        if (cancelled) {
            return;
        }
        if (failure == null) {
            exchange.course().connects(instance, loop.now());
            connectAwake();
        } else {
            exchange.connectFailed(new ConnectException("it could not be woken"));
        }
    }

    private void connectAwake() {
        boolean mayBeKept = protocol() == Protocol.HTTP1 && !exchange.isWebSocket();
        Leg kept = mayBeKept ? loop.instances().kept(instance.target()) : null;
        if (kept == null) {
            connectAfresh();
        } else {
            atOnce = true;
            connected(kept);
        }
    }

    private void connectAfresh() {
        Future<? extends Leg> made =
                exchange.isWebSocket()
                        ? loop.instances().upgrade(instance.target())
                        : loop.instances().connect(instance.target(), protocol());
        atOnce = made.isComplete();
        made.onComplete(this::connected);
    }

    private Protocol protocol() {
        return granted.gate().route().protocol();
    }

    /** What the instance works on is no longer wanted. */
    void cancel() {
        cancelled = true;
        Leg leg = outgoing;
        outgoing = null;
        if (leg != null) {
            leg.cut(Http2Error.CANCEL.code());
        }
    }

    private void connected(AsyncResult<? extends Leg> made) {
        if (made.succeeded()) {
            connected(made.result());
        } else if (!cancelled) {
            exchange.connectFailed(made.cause());
        }
    }

    private void connected(Leg leg) {
        if (cancelled) {
            loop.instances().giveBack(leg);
            return;
        }
        instance.reached();
        onUsedConnection = leg.isUsed();
        if (onUsedConnection && !isHarmlessTwice() && leg.isLeft()) {
            leg.cut(Http2Error.CANCEL.code());
            connectAfresh();
            return;
        }
        outgoing = leg;
        wasOver = false;
        send(leg);
    }

    private void send(Leg leg) {
        if (onUsedConnection && atOnce) {
            exchange.course().sendsAtOnce(loop.now());
        } else {
            exchange.course().sends(loop.now());
        }
        MultiMap headers = leg.headers();
        Headers.copyRequest(request.headers(), headers);
        loop.forwarded().apply(exchange, granted.host(), headers);
        if (protocol() == Protocol.H2C && Headers.takesTrailers(request.headers())) {
            headers.set("te", "trailers");
        }
        if (exchange.isWebSocket() && leg instanceof StreamLeg upgradable) {
            upgrade(upgradable);
            return;
        }
        leg.send(request.method(), granted.path(), exchange.hasBody(), this);
        if (exchange.hasBody()) {
            if (expectsContinue()) {
                loop.after(CONTINUE_TIMEOUT.toMillis(), this::mayContinue);
            } else {
                pump(leg);
            }
        }
    }

    /** HTTP/2's request for a WebSocket has no key (RFC 8441, 5). */
    private void upgrade(StreamLeg leg) {
        MultiMap headers = leg.headers();
        headers.set("Connection", "Upgrade").set("Upgrade", "websocket");
        if (exchange.isHttp2()) {
            headers.set("Sec-WebSocket-Key", loop.ids().webSocketKey());
        }
        leg.upgrade(request.method(), granted.path(), this);
    }

    @Override
    public void hint(MultiMap headers) {
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
    @Override
    public void mayContinue() {
        Leg leg = outgoing;
        if (leg != null && expectsContinue() && !pumping && !answering) {
            response.writeContinue();
            pump(leg);
        }
    }

    /**
     * How this ends says nothing of its own: a client that leaves closes the response, an instance
     * that leaves fails the answer.
     */
    private void pump(Leg leg) {
        pumping = true;
        request.exceptionHandler(_ -> {});
        request.handler(this::pass);
        request.endHandler(_ -> {
            if (outgoing != null) {
                leg.end(loop.trailers(request));
            }
        });
        request.resume();
    }

    private void pass(Buffer piece) {
        Leg leg = outgoing;
        if (leg != null) {
            leg.write(piece);
            if (!leg.isWritable()) {
                request.pause();
            }
        }
    }

    @Override
    public void writable() {
        if (!cancelled && pumping) {
            request.resume();
        }
    }

    @Override
    public void answered(int status, String reason, MultiMap headers) {
        Leg leg = outgoing;
        if (leg == null) {
            return;
        }
        instance.answered();
        exchange.course().stops(loop.now());
        if (status == SWITCHING_PROTOCOLS
                && exchange.isWebSocket()
                && leg instanceof StreamLeg upgraded) {
            exchange.sign(response.headers());
            Tunnel.open(exchange, headers, upgraded.socket());
        } else if (status < INFORMATIONAL_END || status > STATUS_MAX || seemsUpgraded(status)) {
            exchange.instanceFailed(new ProtocolException("not an answer"));
        } else {
            answering = true;
            prepare(status, reason, headers);
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
    @Override
    public void failed(Throwable why) {
        if (cancelled) {
            return;
        }
        if (answering) {
            exchange.instanceFailed(why);
            return;
        }
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

    /**
     * Looks, time and again, for a reset of which no event came. What came before it has been read
     * by the second look that finds it.
     */
    void lookForReset() {
        Leg leg = outgoing;
        boolean isOver = leg != null && leg.isOver();
        if (leg != null && isOver && wasOver) {
            leg.cut(Http2Error.CANCEL.code());
            failed(new HttpClosedException("the instance has reset the connection"));
        }
        wasOver = isOver;
    }

    private boolean isHarmlessTwice() {
        return !exchange.hasBody() && IDEMPOTENT.contains(request.method());
    }

    private void prepare(int status, String reason, MultiMap headers) {
        response.setStatusCode(status);
        if (!exchange.isHttp2()
                && status != NOT_MODIFIED
                && Headers.isCleanReason(reason)
                && !reason.equals(response.getStatusMessage())) {
            response.setStatusMessage(reason);
        }
        Headers.copyAnswer(headers, response.headers());
        exchange.sign(response.headers());
        if (expectsContinue() && !pumping && !exchange.isHttp2()) {
            // Nobody asked for the body, so that what comes next may be it or another request.
            response.headers().set("Connection", "close");
        }
    }

    @Override
    public void piece(Buffer piece) {
        if (cancelled) {
            return;
        }
        if (held.length() == 0 && !response.headWritten()) {
            held = piece;
            return;
        }
        writeHeld();
        write(piece);
    }

    /** An answer whose body lets wait for itself (events, long polls) shows its head at once. */
    @Override
    public void caughtUp() {
        if (cancelled || !answering) {
            return;
        }
        if (held.length() > 0) {
            writeHeld();
        } else if (!response.headWritten() && !response.closed()) {
            response.writeHead();
        }
    }

    private void writeHeld() {
        if (held.length() > 0) {
            Buffer first = held;
            held = NOTHING;
            write(first);
        }
    }

    private void write(Buffer piece) {
        Leg leg = outgoing;
        if (leg == null || response.closed()) {
            return;
        }
        response.write(piece);
        if (response.writeQueueFull()) {
            leg.pause();
            response.drainHandler(_ -> leg.resume());
        }
    }

    @Override
    public void complete(MultiMap trailers) {
        if (cancelled) {
            return;
        }
        if (!trailers.isEmpty()) {
            writeHeld();
            if (exchange.isHttp2() || response.isChunked()) {
                Headers.copyAnswer(trailers, response.trailers());
            }
        }
        if (!exchange.hasBody() || request.isEnded()) {
            outgoing = null; // complete on both sides: its connection may be used again
        }
        Buffer last = held;
        held = NOTHING;
        exchange.instanceDone(last);
    }
}
