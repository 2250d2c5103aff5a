package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Fixed;
import dev.dormouse.gateway.Passage.Granted;
import dev.dormouse.gateway.Passage.Redirect;
import dev.dormouse.gateway.Passage.Refusal;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request from its arrival to the last byte of its answer: guards, gate, forwarding, and an end
 * that comes once, whoever causes it. Lives on one event loop.
 */
final class Exchange implements Guest {
    private final Loop loop;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final String requestId;
    private final long arrivedAt;
    private final boolean http2;
    private final boolean webSocket;
    private final boolean hasBody;
    private final Course course = new Course();
    private long deadline;
    private Meters meters;
    private @Nullable Granted granted;
    private @Nullable Ticket ticket;
    private @Nullable InstanceSlots instance;
    private @Nullable Forwarding forwarding;
    private @Nullable Tunnel tunnel;
    private boolean inside;
    private boolean answered;
    private boolean flushing;
    private boolean ended;
    private int failedConnects;

    Exchange(Loop loop, HttpServerRequest request) {
        this.loop = loop;
        this.request = request;
        this.response = request.response();
        this.requestId = loop.ids().requestId(request.getHeader(Headers.REQUEST_ID));
        this.arrivedAt = loop.now();
        this.http2 = request.version() == HttpVersion.HTTP_2;
        Http2Frames frames = http2 ? loop.frames(request.connection()) : null;
        this.hasBody = frames == null ? Headers.announceBody(request.headers()) : frames.hasBody();
        this.webSocket =
                frames == null
                        ? !http2 && !hasBody && Headers.asksForWebSocket(request.headers())
                        : frames.isWebSocket();
        this.deadline = arrivedAt + Loop.REFUSAL_TIMEOUT.toNanos();
        this.meters = loop.unroutedMeters();
    }

    HttpServerRequest request() {
        return request;
    }

    String requestId() {
        return requestId;
    }

    Course course() {
        return course;
    }

    Meters meters() {
        return meters;
    }

    /** The gate that it was let through to; null as long as it was not. */
    @Nullable ContainerGate gate() {
        Granted entry = granted;
        return entry == null ? null : entry.gate();
    }

    /** Of its body, or of what the client said in its tunnel. */
    long bytesIn() {
        Tunnel open = tunnel;
        return open == null ? request.bytesRead() : open.bytesFromClient();
    }

    /** Of its answer's body, or of what the instance said in its tunnel. */
    long bytesOut() {
        Tunnel open = tunnel;
        return open == null ? response.bytesWritten() : open.bytesFromInstance();
    }

    boolean hasBody() {
        return hasBody;
    }

    boolean isHttp2() {
        return http2;
    }

    boolean isWebSocket() {
        return webSocket;
    }

    /** Whether the instance is one that gets no new requests. */
    boolean isInstanceLeaving() {
        InstanceSlots slots = instance;
        return slots != null && slots.isRetired();
    }

    boolean isOverdue(long now) {
        return now - deadline >= 0;
    }

    /** Puts into the head of an answer what the gateway says in all of them. */
    void sign(MultiMap head) {
        head.set(Headers.REQUEST_ID, requestId);
        boolean wanted = loop.settings().serverTiming().isWantedBy(request.headers());
        String timing = wanted ? course.serverTiming() : "";
        if (!timing.isEmpty()) {
            head.add(Headers.SERVER_TIMING, timing);
        }
    }

    /** The guards, then the gate. */
    void begin() {
        loop.began(this);
        if (hasBody) {
            request.pause();
        }
        response.closeHandler(_ -> clientLeft());
        switch (loop.guards().examine(request)) {
            case Refusal refusal -> refuse(refusal);
            case Redirect redirect -> {
                answered = true;
                flush(() -> Answers.redirect(this, redirect));
            }
            case Fixed(int status) -> {
                answered = true;
                flush(() -> Answers.fixed(this, status));
            }
            case Granted entry -> {
                granted = entry;
                meters = entry.gate().meters();
                deadline = arrivedAt + entry.gate().route().timeout().toNanos();
                entry.gate().arrive(this, loop);
            }
        }
    }

    /** What the request's parser did not understand is answered, then the connection closed. */
    void beginInvalid(Refusal refusal) {
        loop.began(this);
        response.closeHandler(_ -> clientLeft());
        refuse(refusal);
    }

    @Override
    public void held(Ticket place) {
        inside = true;
        ticket = place;
        course.waits(place, loop.now());
    }

    @Override
    public void admitted(InstanceSlots slots) {
        Granted entry = granted;
        if (entry == null) {
            throw new IllegalStateException("admitted before the guards let it pass");
        }
        ticket = null;
        if (answered || ended) {
            entry.gate().release(slots);
            return;
        }
        inside = true;
        instance = slots;
        course.connects(slots, loop.now());
        forwarding = new Forwarding(this, loop, entry, slots);
        forwarding.connect();
    }

    @Override
    public void refused(Refusal refusal) {
        ticket = null;
        if (!answered && !ended) {
            refuse(refusal);
        }
    }

    /** No byte has been sent: another instance may do, or this one a little later. */
    void connectFailed(Throwable why) {
        Granted entry = granted;
        InstanceSlots slots = instance;
        if (entry == null || slots == null || answered || ended) {
            return;
        }
        failedConnects++;
        instance = null;
        forwarding = null;
        ContainerGate gate = entry.gate();
        loop.after(gate.setAside(slots), gate::dispatch);
        gate.release(slots);
        if (failedConnects > loop.settings().instances().connectRetries() || !gate.mayRetry()) {
            refuse(Words.unreachable(failedConnects, Failures.words(why)));
        } else {
            course.stops(loop.now());
            course.retried();
            gate.comeBack(this, loop);
        }
    }

    void lookForReset() {
        if (forwarding != null) {
            forwarding.lookForReset();
        }
    }

    /** Bytes may have been sent, so this is not repeated; the client is told if it still can be. */
    void instanceFailed(Throwable why) {
        if (answered || ended) {
            return;
        }
        if (response.headWritten()) {
            cut(
                    why instanceof StreamResetException reset
                            ? reset.getCode()
                            : Http2Error.INTERNAL_ERROR.code());
        } else {
            refuse(Words.failed(Failures.words(why)));
        }
    }

    /**
     * The instance is done, so its place is free, however long the client takes to read.
     *
     * @param last what is still to be written of its answer
     */
    void instanceDone(Buffer last) {
        answered = true;
        flush(() -> {
            Future<Void> flushed = last.length() == 0 ? response.end() : response.end(last);
            leaveGate();
            return flushed;
        });
    }

    /** The connection is a tunnel from now on. */
    void tunnelled(Tunnel opened) {
        answered = true;
        tunnel = opened;
    }

    /** Called once the client has had the time to answer to the goodbye of its tunnel. */
    void afterGoodbye(Runnable what) {
        loop.after(Tunnel.GOODBYE.toMillis(), what);
    }

    /** Either side of the tunnel is gone. */
    void tunnelEnded() {
        leaveGate();
        end(false);
    }

    /** Too long: told if nothing has been said yet, else the connection is cut. */
    void timeOut() {
        Granted entry = granted;
        Tunnel open = tunnel;
        if (open != null && !open.isLeaving()) {
            deadline = loop.now() + Tunnel.LAST_FRAME.toNanos();
            open.leave();
            return;
        }
        if (answered || response.headWritten() || entry == null) {
            cut(Http2Error.CANCEL.code());
            return;
        }
        refuse(
                Words.timeout(
                        entry.gate().route().timeout(),
                        ticket != null
                                ? "waiting for an instance"
                                : "being worked on by an instance"));
    }

    /** The server's grace is over: who waits for an instance will not get one here. */
    void serverLeaves() {
        Tunnel open = tunnel;
        if (open != null) {
            open.leave();
        } else if (ticket != null && !answered) {
            refuse(Words.leaving());
        }
    }

    /** Ends at once, with whatever the client has got so far. */
    void cut(long code) {
        answered = true;
        leaveGate();
        if (http2) {
            response.reset(code);
        } else {
            Connections.cut(request.connection());
        }
        end(true);
    }

    /**
     * In HTTP/2 also told of a stream that has ended well: then what was written tells the rest.
     */
    private void clientLeft() {
        answered = true;
        leaveGate();
        if (!http2 || !flushing) {
            end(true);
        }
    }

    private void refuse(Refusal refusal) {
        answered = true;
        leaveGate();
        meters.refused(refusal.cause());
        course.stops(loop.now());
        course.refused(refusal.cause());
        boolean invalid = refusal.cause() == Cause.INVALID_REQUEST && !http2;
        if (invalid) {
            loop.condemn(request.connection());
        }
        Future<Void> flushed = flush(() -> Answers.refuse(this, refusal));
        if (invalid) {
            flushed.onComplete(_ -> request.connection().close());
        }
    }

    /** The last of an answer may end its stream of HTTP/2 while it is being written. */
    private Future<Void> flush(Supplier<Future<Void>> last) {
        flushing = true;
        Future<Void> flushed = last.get();
        if (hasBody && !request.isEnded()) {
            discardRest(flushed);
        }
        flushed.onComplete(done -> end(http2 && done.failed()));
        return flushed;
    }

    private void discardRest(Future<Void> flushed) {
        if (!http2) {
            loop.discardRest(request);
            return;
        }
        request.resume();
        flushed.onSuccess(_ -> {
            if (!request.isEnded()) {
                response.reset(Http2Error.NO_ERROR.code()); // the rest is not wanted
            }
        });
    }

    /** Whatever this request holds is given back: a place in the line, on an instance, a leg. */
    private void leaveGate() {
        Forwarding leg = forwarding;
        forwarding = null;
        if (leg != null) {
            leg.cancel();
        }
        Granted entry = granted;
        if (entry == null) {
            return;
        }
        Ticket place = ticket;
        ticket = null;
        if (place != null) {
            entry.gate().abandon(place);
        }
        InstanceSlots slots = instance;
        instance = null;
        if (slots != null) {
            entry.gate().release(slots);
        }
        if (inside) {
            inside = false;
            entry.gate().leave();
        }
    }

    private void end(boolean early) {
        if (ended) {
            return;
        }
        ended = true;
        loop.ended(this);
        long now = loop.now();
        course.stops(now);
        loop.ledger().enter(this, early, now - arrivedAt);
    }
}
