package dev.dormouse.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks again and again until there is an answer, and tells so when it takes more than a second.
 *
 * @param pause what happens between two questions
 */
record Patience(InstantSource clock, Pause pause, Duration atMost) {
    private static final Duration SILENT = Duration.ofSeconds(1);
    private static final Duration BETWEEN_NOTES = Duration.ofSeconds(10);
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(200);
    private static final Duration BY_DEFAULT = Duration.ofMinutes(15);

    /** What happens between two questions. */
    @FunctionalInterface
    interface Pause {
        void take() throws InterruptedException;
    }

    static Patience byDefault() {
        return new Patience(
                InstantSource.system(), () -> Thread.sleep(BETWEEN_QUESTIONS), BY_DEFAULT);
    }

    /**
     * The first answer.
     *
     * @param what what is waited for, such as {@code "hello to be ready"}
     */
    <T> T until(String what, Console console, Supplier<Optional<T>> question) {
        Instant start = clock.instant();
        Instant nextNote = start.plus(SILENT);
        while (true) {
            Optional<T> answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            Duration waited = Duration.between(start, clock.instant());
            if (waited.compareTo(atMost) >= 0) {
                throw new CommandException(
                        "Waited %d s for %s, in vain.".formatted(waited.toSeconds(), what));
            }
            if (!clock.instant().isBefore(nextNote)) {
                console.note("Waiting for %s (%d s) …".formatted(what, waited.toSeconds()));
                nextNote = clock.instant().plus(BETWEEN_NOTES);
            }
            rest();
        }
    }

    private void rest() {
        try {
            pause.take();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandException("Interrupted.");
        }
    }
}
