package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.dormouse.model.LogLine;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLinesTest {
    private static final Instant START = Instant.parse("2026-11-24T09:00:00Z");

    private final List<LogLine> read = new ArrayList<>();
    private final LogLines lines = new LogLines("i", START, read::add);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void linesAreWholeWhereverTheReadsOfTheSocketCutThem(long seed) {
        Random random = new Random(seed);
        List<LogLine> written = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            LogLine line =
                    new LogLine(
                            START.plusNanos(1_000L + i),
                            "i",
                            "stdout",
                            "line " + i + "é".repeat(i));
            written.add(line);
            for (byte[] part :
                    cut(
                            (line.at() + " " + line.text() + "\n").getBytes(StandardCharsets.UTF_8),
                            random)) {
                lines.accept(new Frame(StreamType.STDOUT, part), Instant.MIN);
            }
        }

        assertThat(read).as("seed %d", seed).isEqualTo(written);
    }

    @Test
    void whatWasSeenBeforeAndWhatIsOlderIsLeftOut() {
        accept("2026-11-24T08:59:59.999999999Z old\n", Instant.MIN);
        accept("2026-11-24T09:00:01Z seen\n", START.plusSeconds(1));
        accept("2026-11-24T09:00:02Z new\n", START.plusSeconds(1));

        assertThat(read).extracting(LogLine::text).containsExactly("new");
    }

    @Test
    void aLineInSeveralPiecesOfTheEngineIsOne() {
        accept("2026-11-24T09:00:01Z one, ", Instant.MIN);
        accept("2026-11-24T09:00:02Z two\n", Instant.MIN);

        assertThat(read).extracting(LogLine::text).containsExactly("one, two");
    }

    @Test
    void aPieceThatABrokenConnectionCutShortComesWholeWithTheNext() {
        accept("2026-11-24T09:00:01Z first\n", Instant.MIN);
        accept("2026-11-24T09:00:02Z a line that is cu", Instant.MIN);

        lines.restart();
        Instant seen = lines.seen();
        accept("2026-11-24T09:00:01Z first\n", seen);
        accept("2026-11-24T09:00:02Z a line that is cut\n", seen);

        assertThat(read).extracting(LogLine::text).containsExactly("first", "a line that is cut");
    }

    @Test
    void aPieceThatSomethingFollowedIsNotDeliveredTwice() {
        accept("2026-11-24T09:00:01Z prompt> ", Instant.MIN);
        lines.accept(
                new Frame(
                        StreamType.STDERR,
                        "2026-11-24T09:00:02Z oh\n".getBytes(StandardCharsets.UTF_8)),
                Instant.MIN);

        lines.restart();
        Instant seen = lines.seen();
        accept("2026-11-24T09:00:01Z prompt> ", seen);
        lines.end();

        assertThat(read).extracting(LogLine::text).containsExactly("oh", "prompt> ");
    }

    @Test
    void aLineWithoutEndIsHandedOnInBoundedPiecesThatSplitNoCharacter() {
        String text = "é".repeat(100_000);
        accept("2026-11-24T09:00:01Z x" + text, Instant.MIN);
        lines.end();

        assertThat(read)
                .allSatisfy(line ->
                        assertThat(line.text().getBytes(StandardCharsets.UTF_8))
                                .hasSizeLessThanOrEqualTo(LogLines.LINE_BYTES_MAX));
        assertThat(String.join("", read.stream().map(LogLine::text).toList()))
                .isEqualTo("x" + text);
    }

    private void accept(String text, Instant seen) {
        lines.accept(new Frame(StreamType.STDOUT, text.getBytes(StandardCharsets.UTF_8)), seen);
    }

    private static List<byte[]> cut(byte[] whole, Random random) {
        if (random.nextInt(3) > 0 || whole.length < 2) {
            return List.of(whole);
        }
        int at = 1 + random.nextInt(whole.length - 1);
        return List.of(Arrays.copyOf(whole, at), Arrays.copyOfRange(whole, at, whole.length));
    }
}
