package dev.dormouse.gateway;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many clients' connections there are: bounded, so that files remain for the API, the engine,
 * the database and logs however many clients come. Shared by all event loops.
 */
final class Crowd {
    private static final Logger LOG = LoggerFactory.getLogger(Crowd.class);
    private static final long SAID_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

    private final int most;
    private final LongSupplier nanos;
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicLong sayAgainAt;

    Crowd(int most, LongSupplier nanos) {
        this.most = most;
        this.nanos = nanos;
        this.sayAgainAt = new AtomicLong(nanos.getAsLong());
    }

    /** False if there are too many; else whoever entered leaves once. */
    boolean enter() {
        if (inside.incrementAndGet() <= most) {
            return true;
        }
        inside.decrementAndGet();
        long now = nanos.getAsLong();
        long due = sayAgainAt.get();
        if (now - due >= 0 && sayAgainAt.compareAndSet(due, now + SAID_EVERY_NANOS)) {
            LOG.atWarn()
                    .addKeyValue("most", most)
                    .log("Clients have as many connections as are allowed; more are hung up on");
        }
        return false;
    }

    void leave() {
        inside.decrementAndGet();
    }
}
