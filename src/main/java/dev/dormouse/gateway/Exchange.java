package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Granted;
import dev.dormouse.gateway.Passage.Redirect;
import dev.dormouse.gateway.Passage.Refusal;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request from its arrival to the last byte of its answer: guards, gate, forwarding, and an end
 * that comes once, whoever causes it. Lives on one event loop.
 */
final class Exchange implements Guest {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Loop loop;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final String requestId;
    private final long arrivedAt;
    private final boolean hasBody;
    private long deadline;
    private Meters meters;
    private @Nullable Granted granted;
    private @Nullable Ticket ticket;
    private @Nullable InstanceSlots instance;
    private @Nullable Forwarding forwarding;
    private boolean inside;
    private boolean answered;
    private boolean ended;
    private int failedConnects;

    Exchange(Loop loop, HttpServerRequest request) {
        this.loop = loop;
        this.request = request;
        this.response = request.response();
        this.requestId = loop.ids().requestId(request.getHeader(Headers.REQUEST_ID));
        this.arrivedAt = loop.now();
        this.hasBody = Headers.announceBody(request.headers());
        this.deadline = arrivedAt + Loop.REFUSAL_TIMEOUT.toNanos();
        this.meters = loop.unroutedMeters();
    }

    HttpServerRequest request() {
        return request;
    }

    String requestId() {
        return requestId;
    }

    boolean hasBody() {
        return hasBody;
    }

    boolean isOverdue(long now) {
        return now - deadline >= 0;
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
                flush(Answers.redirect(request, redirect, requestId));
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
        if (failedConnects > loop.settings().instances().connectRetries()) {
            refuse(Words.unreachable(failedConnects, Failures.words(why)));
        } else {
            gate.comeBack(this, loop);
        }
    }

    /** Bytes may have been sent, so this is not repeated; the client is told if it still can be. */
    void instanceFailed(Throwable why) {
        if (answered || ended) {
            return;
        }
        if (response.headWritten()) {
            cut();
        } else {
            refuse(Words.failed(Failures.words(why)));
        }
    }

    /** The instance is done, so its place is free, however long the client takes to read. */
    void instanceDone(Future<Void> flushed) {
        answered = true;
        leaveGate();
        flush(flushed);
    }

    /** The connection is a tunnel from now on: it has no deadline, and ends by either side. */
    void tunnelled() {
        answered = true;
        deadline = loop.now() + Loop.NEVER.toNanos();
    }

    /** Either side of the tunnel is gone. */
    void tunnelEnded() {
        leaveGate();
        end(false);
    }

    /** Too long: told if nothing has been said yet, else the connection is cut. */
    void timeOut() {
        Granted entry = granted;
        if (answered || response.headWritten() || entry == null) {
            cut();
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
        if (ticket != null && !answered) {
            refuse(Words.leaving());
        }
    }

    /** Ends at once, with whatever the client has got so far. */
    void cut() {
        answered = true;
        leaveGate();
        Connections.cut(request.connection());
        end(true);
    }

    private void clientLeft() {
        answered = true;
        leaveGate();
        end(true);
    }

    private void refuse(Refusal refusal) {
        answered = true;
        leaveGate();
        meters.refused(refusal.cause());
        boolean invalid = refusal.cause() == Cause.INVALID_REQUEST;
        if (invalid) {
            loop.condemn(request.connection());
        }
        Future<Void> flushed = Answers.refuse(request, refusal, requestId);
        flush(flushed);
        if (invalid) {
            flushed.onComplete(_ -> request.connection().close());
        }
    }

    private void flush(Future<Void> flushed) {
        if (hasBody && !request.isEnded()) {
            loop.discardRest(request);
        }
        flushed.onComplete(_ -> end(false));
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
        long nanos = loop.now() - arrivedAt;
        if (early) {
            meters.cut(nanos);
        } else {
            meters.answered(response.getStatusCode(), nanos);
        }
        if (LOG.isDebugEnabled()) {
            LOG.atDebug()
                    .addKeyValue("request_id", requestId)
                    .addKeyValue("host", request.getHeader("Host"))
                    .addKeyValue("method", request.method())
                    .addKeyValue("uri", request.uri())
                    .addKeyValue("status", response.getStatusCode())
                    .addKeyValue("micros", nanos / 1000)
                    .log(early ? "request cut short" : "request answered");
        }
    }
}
