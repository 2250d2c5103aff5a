package dev.dormouse.engine.docker;

import java.time.Duration;

/** Growing pauses between attempts: the first is short, each next twice as long, up to a bound. */
final class Backoff {
    private final Duration first;
    private final Duration longest;
    private Duration next;

    Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        this.next = first;
    }

    void pause() throws InterruptedException {
        Duration now = next;
        Duration doubled = now.multipliedBy(2);
        next = doubled.compareTo(longest) > 0 ? longest : doubled;
        Thread.sleep(now);
    }

    /** After a success the next pause is short again. */
    void reset() {
        next = first;
    }
}
