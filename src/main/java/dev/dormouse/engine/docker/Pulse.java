package dev.dormouse.engine.docker;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the engine answers, as its calls tell; each change is logged once. Any thread. */
final class Pulse {
    private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

    private final InstantSource clock;
    private final AtomicReference<State> state;

    /**
     * What was seen last.
     *
     * @param because why it does not answer; empty while it does, and before it was asked
     */
    record State(boolean answers, Instant since, String because) {}

    Pulse(InstantSource clock) {
        this.clock = clock;
        this.state = new AtomicReference<>(new State(false, clock.instant(), ""));
    }

    State state() {
        return state.get();
    }

    /** It said something, if only a refusal. */
    void answered() {
        if (!state.get().answers()
                && !state.getAndSet(new State(true, clock.instant(), "")).answers()) {
            LOG.info("the container engine answers");
        }
    }

    /** It cannot be reached, or says nothing. */
    void silent(String because) {
        State before =
                state.getAndUpdate(now ->
                        new State(false, now.answers() ? clock.instant() : now.since(), because));
        if (before.answers() || !before.because().equals(because)) {
            LOG.warn(
                    "the container engine does not answer; what runs is served on reason={}",
                    because);
        }
    }
}
