package dev.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PatienceTest {
    private final StringWriter notes = new StringWriter();
    private final Console console =
            new Console(new PrintWriter(new StringWriter()), new PrintWriter(notes, true));
    private Instant now = Instant.EPOCH;
    private final Patience patience =
            new Patience(() -> now, () -> now = now.plusMillis(500), Duration.ofSeconds(30));

    @Test
    void aQuickAnswerIsSilent() {
        assertThat(patience.until("it", console, () -> Optional.of("yes"))).isEqualTo("yes");
        assertThat(notes.toString()).isEmpty();
    }

    @Test
    void whatTakesMoreThanASecondIsToldAndAgainEveryTen() {
        Instant done = now.plusSeconds(12);

        patience.until(
                "it", console, () -> now.isBefore(done) ? Optional.empty() : Optional.of("yes"));

        assertThat(notes.toString().lines())
                .containsExactly("Waiting for it (1 s) …", "Waiting for it (11 s) …");
    }

    @Test
    void whatNeverComesIsGivenUp() {
        assertThatThrownBy(() -> patience.until("it", console, Optional::empty))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("30 s");
    }
}
