package dev.dormouse.engine.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.dormouse.model.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Puts the engine's frames together to lines. A frame holds a timestamp, a space and a piece of one
 * line; only the last piece ends in a line break. A line over {@value #LINE_BYTES_MAX} bytes is
 * handed on in pieces of that size. For one thread.
 */
final class LogLines {
    static final int LINE_BYTES_MAX = 65_536;

    private static final int TIME_BYTES_MAX = 40;
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z ");
    private static final int CONTINUATION_MASK = 0xC0;
    private static final int CONTINUATION = 0x80;

    private final String instanceId;
    private final Instant since;
    private final Consumer<LogLine> sink;
    private final Line output = new Line("stdout");
    private final Line errors = new Line("stderr");
    private Instant last = Instant.MIN;

    /** Lines written before {@code since} are left out. */
    LogLines(String instanceId, Instant since, Consumer<LogLine> sink) {
        this.instanceId = instanceId;
        this.since = since;
        this.sink = sink;
    }

    /** When the newest piece was written, or where to begin when there was none. */
    Instant position() {
        return last.isBefore(since) ? since : last;
    }

    /**
     * Takes the next piece; {@code seen} tells what a broken connection had delivered before.
     *
     * <p>The engine writes a time before every piece of a line, but docker-java hands on what one
     * read of its socket gave: a piece may come in parts, and only the first has the time, or even
     * a part of it.
     */
    void accept(Frame frame, Instant seen) {
        boolean isError = frame.getStreamType() == StreamType.STDERR;
        (isError ? output : errors).keepPiece();
        (isError ? errors : output).add(frame.getPayload(), seen);
    }

    /** A new connection begins: a piece that the last one may have cut short comes again, whole. */
    void restart() {
        output.dropPiece();
        errors.dropPiece();
    }

    /** The newest piece's time, for {@link #accept} after a reconnection. */
    Instant seen() {
        return last;
    }

    /** Hands on what has no line break, since nothing follows any more. */
    void end() {
        output.end();
        errors.end();
    }

    private final class Line {
        private final String stream;

        /** The line so far, without the piece that is under way. */
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
        private final ByteArrayOutputStream header = new ByteArrayOutputStream();
        private Instant at = Instant.MIN;
        private Instant pieceAt = Instant.MIN;
        private boolean isWithinPiece;
        private boolean isSkipped;

        Line(String stream) {
            this.stream = stream;
        }

        void add(byte[] payload, Instant seen) {
            int begin =
                    isWithinPiece && !TIME.matcher(latin(payload)).lookingAt()
                            ? 0
                            : time(payload, seen);
            if (!isWithinPiece) {
                return;
            }
            boolean ends = payload.length > begin && payload[payload.length - 1] == '\n';
            if (!isSkipped) {
                piece.write(payload, begin, (ends ? payload.length - 1 : payload.length) - begin);
                if (ends) {
                    keepPiece();
                    emit();
                } else if (piece.size() >= LINE_BYTES_MAX) {
                    keepContent();
                }
            }
            isWithinPiece = !ends;
        }

        /** Reads the time, as far as it has come, and tells where the text begins. */
        private int time(byte[] payload, Instant seen) {
            keepPiece();
            int space = 0;
            while (space < payload.length && payload[space] != ' ') {
                space++;
            }
            header.write(payload, 0, space);
            if (space == payload.length && header.size() < TIME_BYTES_MAX) {
                return space;
            }
            String text = header.toString(StandardCharsets.US_ASCII);
            header.reset();
            try {
                pieceAt = Instant.parse(text);
            } catch (DateTimeException e) {
                return payload.length;
            }
            isWithinPiece = true;
            isSkipped = pieceAt.isBefore(since) || !pieceAt.isAfter(seen);
            return space + 1;
        }

        /** The piece is whole, since something follows it. */
        void keepPiece() {
            if (isWithinPiece && !isSkipped) {
                keepContent();
                last = pieceAt;
            }
            isWithinPiece = false;
        }

        void dropPiece() {
            piece.reset();
            header.reset();
            isWithinPiece = false;
        }

        private void keepContent() {
            byte[] content = piece.toByteArray();
            piece.reset();
            content(content, 0, content.length);
        }

        private void content(byte[] payload, int begin, int end) {
            if (bytes.size() == 0) {
                at = pieceAt;
            }
            int from = begin;
            while (bytes.size() + end - from > LINE_BYTES_MAX) {
                int cut = boundary(payload, from, from + LINE_BYTES_MAX - bytes.size());
                bytes.write(payload, from, cut - from);
                emit();
                at = pieceAt;
                from = cut;
            }
            bytes.write(payload, from, end - from);
        }

        private String latin(byte[] payload) {
            return new String(
                    payload,
                    0,
                    Math.min(payload.length, TIME_BYTES_MAX),
                    StandardCharsets.ISO_8859_1);
        }

        void end() {
            keepPiece();
            if (bytes.size() > 0) {
                emit();
            }
        }

        private void emit() {
            sink.accept(
                    new LogLine(at, instanceId, stream, bytes.toString(StandardCharsets.UTF_8)));
            bytes.reset();
        }

        /** The nearest place at or before {@code cut} that does not split a character. */
        private int boundary(byte[] payload, int from, int cut) {
            int place = cut;
            while (place > from && (payload[place] & CONTINUATION_MASK) == CONTINUATION) {
                place--;
            }
            return place == from ? cut : place;
        }
    }
}
