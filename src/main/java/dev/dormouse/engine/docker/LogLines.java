package dev.dormouse.engine.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.dormouse.model.LogLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Puts the engine's frames together to lines. A frame holds a timestamp, a space and a piece of one
 * line; only the last piece ends in a line break. A line over {@value #LINE_BYTES_MAX} bytes is
 * handed on in pieces of that size. For one thread.
 */
final class LogLines {
    static final int LINE_BYTES_MAX = 65_536;

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

    /** Takes the next frame; {@code seen} tells which frames a broken connection had delivered. */
    void accept(Frame frame, Instant seen) {
        byte[] payload = frame.getPayload();
        int space = 0;
        while (space < payload.length && payload[space] != ' ') {
            space++;
        }
        Instant at;
        try {
            at = Instant.parse(new String(payload, 0, space, StandardCharsets.US_ASCII));
        } catch (DateTimeException e) {
            return;
        }
        if (at.isBefore(since) || !at.isAfter(seen)) {
            return;
        }
        last = at;
        int begin = Math.min(space + 1, payload.length);
        (frame.getStreamType() == StreamType.STDERR ? errors : output).add(at, payload, begin);
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
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Instant at = Instant.MIN;

        Line(String stream) {
            this.stream = stream;
        }

        void add(Instant pieceAt, byte[] payload, int begin) {
            boolean ends = payload.length > begin && payload[payload.length - 1] == '\n';
            int end = ends ? payload.length - 1 : payload.length;
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
            if (ends) {
                emit();
            }
        }

        void end() {
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
